//! Network disks, on which the operating system does not report all changes.

use std::path::Path;

/// File system types of network and guest disks on Linux, by `statfs`'s magic number, from `statfs(2)` and the kernel's
/// `linux/magic.h`.
#[cfg(target_os = "linux")]
const KINDS: [(u64, &str); 12] = [
    (0x6969, "nfs"),
    (0x517B, "smb"),
    (0xFE53_4D42, "smb2"),
    (0xFF53_4D42, "cifs"),
    (0x6573_5546, "fuse"),
    // Also Windows drives under WSL 2, and folders shared with some virtual machines.
    (0x0102_1997, "9p"),
    (0x5346_4846, "wslfs"),
    (0x00C3_6400, "ceph"),
    (0x5346_414F, "afs"),
    (0x7375_7245, "coda"),
    (0x786F_4256, "vboxsf"),
    (0xBACB_ACBC, "vmhgfs"),
];

/// The file system type, if the path is on a network disk.
#[cfg(target_os = "linux")]
pub(super) fn remote(path: &Path) -> Option<&'static str> {
    let disk = rustix::fs::statfs(path).ok()?;
    #[expect(clippy::cast_sign_loss, reason = "a number without a sign, whatever its type")]
    // On 32-bit systems, numbers with the highest bit set are negative.
    let number = disk.f_type as u64 & 0xFFFF_FFFF;
    KINDS.iter().find(|(kind, _)| *kind == number).map(|(_, name)| *name)
}

/// Other systems report changes on these disks too, or cannot tell them apart.
#[cfg(not(target_os = "linux"))]
pub(super) fn remote(_: &Path) -> Option<&'static str> {
    None
}
