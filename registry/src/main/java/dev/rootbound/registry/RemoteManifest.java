package dev.rootbound.registry;

import dev.rootbound.oci.Digest;

/**
 * A manifest or index, as a registry has it.
 *
 * @param bytes have the digest
 */
@SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
public record RemoteManifest(String mediaType, Digest digest, byte[] bytes) {}
