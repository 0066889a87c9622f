package duckdb

import "syscall"

// localFileSystems are those whose stat tells of every write, by the magic numbers of
// statfs(2). Any other is taken for one on another machine.
var localFileSystems = map[int64]bool{
	0xEF53: true, 0x58465342: true, 0x9123683E: true, 0xF2F52010: true, 0x2FC12FC1: true, // ext2 to ext4, XFS, Btrfs, F2FS, ZFS
	0x01021994: true, 0x858458F6: true, 0x794C7630: true, 0x73717368: true, // tmpfs, ramfs, overlayfs, SquashFS
}

func stampOf(name string) (stamp, bool) {
	var at syscall.Statfs_t
	if syscall.Statfs(name, &at) != nil || !localFileSystems[int64(at.Type)&0xffffffff] { //nolint:unconvert // its type differs between architectures
		return stamp{}, false
	}
	var s syscall.Stat_t
	if syscall.Stat(name, &s) != nil {
		return stamp{}, false
	}
	return stamp{name: name, device: uint64(s.Dev), inode: s.Ino, size: s.Size, modified: s.Mtim.Nano(), changed: s.Ctim.Nano()}, true //nolint:unconvert // the same
}
