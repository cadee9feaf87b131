package dev.rootbound.image;

import dev.rootbound.oci.Digest;

/**
 * Content as it is stored.
 *
 * @param size bytes
 */
record Blob(Digest digest, long size) {}
