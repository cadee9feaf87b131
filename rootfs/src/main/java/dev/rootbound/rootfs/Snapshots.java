package dev.rootbound.rootfs;

/** Containers' root file systems. */
public interface Snapshots {}
