//! How many generations may be at work at once.

use std::collections::HashMap;

use model::UserId;

use super::SupervisorConfig;

/// The places that are left, overall and by user.
pub(super) struct Places {
    config: SupervisorConfig,
    taken: usize,
    by_user: HashMap<UserId, usize>,
}

impl Places {
    /// All of them are free.
    pub(super) fn new(config: SupervisorConfig) -> Self {
        Self { config, taken: 0, by_user: HashMap::new() }
    }

    /// Takes a place for a user, whether there is one or not: what is at work already stays so.
    pub(super) fn take(&mut self, user: &UserId) {
        self.taken += 1;
        *self.by_user.entry(user.clone()).or_default() += 1;
    }

    /// Whether one more generation of a user may be started.
    pub(super) fn has_room(&self, user: &UserId) -> bool {
        let own = self.by_user.get(user).copied().unwrap_or_default();
        self.taken < self.config.max_running.max(1)
            && self.config.max_running_per_user.is_none_or(|most| own < most.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_leaves_places_to_the_others() {
        let config =
            SupervisorConfig { max_running: 3, max_running_per_user: Some(1), ..SupervisorConfig::default() };
        let mut places = Places::new(config);
        let [ada, alan, grace] = ["ada", "alan", "grace"].map(UserId::new);
        places.take(&ada);
        assert!(!places.has_room(&ada) && places.has_room(&alan));
        places.take(&alan);
        places.take(&alan);
        assert!(!places.has_room(&grace), "all places are taken");
    }
}
