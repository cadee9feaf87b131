package dev.rootbound.engine;

import dev.rootbound.image.SignatureRules;

/**
 * What the administrator decides, as {@link PolicyFile} has it.
 *
 * @param maxLayerSize bytes of a layer, uncompressed, that are unpacked at most
 * @param signatures that images must have to be pulled
 * @param tenants what each user's containers may have together
 * @param clients who uses the engine over tcp
 * @param containers what a container may have
 */
public record PolicySettings(
        long maxLayerSize,
        SignatureRules signatures,
        TenantPolicy tenants,
        ClientPolicy clients,
        ContainerPolicy containers) {
    /** Far above what images have, and below what fills a disk unnoticed. */
    private static final long MAX_LAYER_SIZE = 128L << 30;

    /** Without a file. */
    public static final PolicySettings DEFAULT =
            new PolicySettings(
                    MAX_LAYER_SIZE,
                    SignatureRules.NONE,
                    TenantPolicy.DEFAULT,
                    ClientPolicy.NONE,
                    ContainerPolicy.DEFAULT);
}
