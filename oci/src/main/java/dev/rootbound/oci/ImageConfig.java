package dev.rootbound.oci;

import java.util.List;
import java.util.Map;

/**
 * The image configuration (OCI image-spec config.md, and Docker's) as far as the engine acts on it;
 * {@code null} in the JSON is empty here.
 *
 * @param created RFC 3339, or empty
 */
public record ImageConfig(
        String architecture,
        String os,
        String created,
        String author,
        Defaults config,
        List<Digest> diffIds,
        List<History> history) {

    /** What a container from the image runs by default. */
    public record Defaults(
            String user,
            List<String> env,
            List<String> entrypoint,
            List<String> cmd,
            String workingDir,
            Map<String, String> labels,
            List<String> volumes,
            List<String> exposedPorts,
            String stopSignal) {}

    /** How one layer came about. */
    public record History(
            String created, String createdBy, String author, String comment, boolean emptyLayer) {}
}
