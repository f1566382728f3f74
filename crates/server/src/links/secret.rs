//! The secret that links are signed with, in a file that all servers on a data directory share.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use jobs::random_bytes;

/// The secret in a file; a new one, where there is no file yet. Only its owner can read the file.
///
/// # Errors
/// Where the file cannot be read or made, or holds something else.
pub fn secret(path: &Path) -> io::Result<[u8; 32]> {
    if let Some(secret) = read(path)? {
        return Ok(secret);
    }
    let mut file = tempfile::Builder::new().tempfile_in(path.parent().unwrap_or_else(|| Path::new(".")))?;
    let bytes: Vec<u8> = (0..4).flat_map(|_| random_bytes()).take(32).collect();
    file.write_all(&bytes)?;
    file.as_file().sync_all()?;
    // Of two servers that start at once, one comes first, and the other takes its secret.
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => return Err(error.error),
        _ => {}
    }
    read(path)?.ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn read(path: &Path) -> io::Result<Option<[u8; 32]>> {
    match fs::read(path) {
        Ok(bytes) => match bytes.try_into() {
            Ok(secret) => Ok(Some(secret)),
            Err(_) => {
                let what = "it does not hold 32 bytes; delete it, and a new one is made";
                Err(io::Error::new(io::ErrorKind::InvalidData, what))
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_who_ask_get_the_same_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing.key");
        let asked: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| secret(&path).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(asked.iter().all(|secret| *secret == asked[0] && *secret != [0; 32]));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing.key");
        secret(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing.key");
        fs::write(&path, [7; 31]).unwrap();
        assert!(secret(&path).unwrap_err().to_string().contains("delete it"));
    }
}
