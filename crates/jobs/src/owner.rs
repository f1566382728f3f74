//! Who holds a lease, and whether that process still lives.

use store::Owner;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// This process.
pub(crate) fn this_process() -> Owner {
    let pid = std::process::id();
    Owner { host: host(), pid, started: started(pid).unwrap_or_default() }
}

/// Whether an owner is a process of this machine that has ended. Of other machines nothing is known:
/// their leases run out.
pub(crate) fn is_dead(owner: &Owner) -> bool {
    is_here(owner) && started(owner.pid) != Some(owner.started)
}

/// Whether an owner is a process of this machine.
pub(crate) fn is_here(owner: &Owner) -> bool {
    owner.host == host()
}

fn host() -> String {
    System::host_name().unwrap_or_else(|_| "localhost".into())
}

/// When a process started, in seconds since 1970; `None` where there is no such process.
fn started(pid: u32) -> Option<u64> {
    let pid = Pid::from_u32(pid);
    let mut system = System::new().ok()?;
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, ProcessRefreshKind::nothing());
    system.process(pid).filter(|process| !is_zombie(process)).map(sysinfo::Process::start_time)
}

/// A killed child that its parent has not asked after is dead all the same.
fn is_zombie(process: &sysinfo::Process) -> bool {
    matches!(process.status(), sysinfo::ProcessStatus::Zombie | sysinfo::ProcessStatus::Dead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_its_namesake_does_not() {
        let own = this_process();
        assert!(!is_dead(&own));
        assert!(is_dead(&Owner { started: own.started + 1, ..own.clone() }));
        assert!(!is_dead(&Owner { host: "elsewhere".into(), started: 0, ..own }));
    }

    #[test]
    fn a_killed_process_is_dead_even_before_it_is_reaped() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let owner = Owner { host: host(), pid: child.id(), started: started(child.id()).unwrap() };
        assert!(!is_dead(&owner));
        child.kill().unwrap();
        while !is_dead(&owner) {
            std::thread::yield_now();
        }
        child.wait().unwrap();
        assert!(is_dead(&owner));
    }
}
