package dev.rootbound.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    /** In {@code rootfs.type}: the only kind there is. */
    private static final String LAYERS = "layers";

    /**
     * Parses a configuration of either specification; {@code null} and absent are empty, unknown
     * fields are passed over (the raw text is stored beside).
     *
     * @throws MalformedException if it is not one
     */
    public static ImageConfig parse(byte[] document) throws MalformedException {
        var fields = Json.object(document, "image config");
        var rootfs = fields.objectOrEmpty("rootfs");
        var type = rootfs.text("type");
        if (!type.isEmpty() && !type.equals(LAYERS)) throw rootfs.malformed("has type " + type);
        var history = new ArrayList<History>();
        for (var entry : fields.objects("history")) history.add(History.of(entry));
        return new ImageConfig(
                fields.text("architecture"),
                fields.text("os"),
                fields.text("created"),
                fields.text("author"),
                Defaults.of(fields.objectOrEmpty("config")),
                rootfs.digests("diff_ids"),
                List.copyOf(history));
    }

    /** What it runs on, whatever the variant of the processor. */
    public Platform platform() {
        return new Platform(os, architecture, "");
    }

    /**
     * What a container from the image runs by default.
     *
     * @param healthcheck {@code null} if it says nothing
     * @param shell of commands in their shell form; empty: {@code /bin/sh -c}
     */
    public record Defaults(
            String user,
            List<String> env,
            List<String> entrypoint,
            List<String> cmd,
            String workingDir,
            Map<String, String> labels,
            List<String> volumes,
            List<String> exposedPorts,
            String stopSignal,
            @Nullable Healthcheck healthcheck,
            List<String> shell) {
        /** Says nothing. */
        public static final Defaults NONE =
                new Defaults(
                        "", List.of(), List.of(), List.of(), "", Map.of(), List.of(), List.of(), "",
                        null, List.of());

        private static Defaults of(Fields fields) throws MalformedException {
            return new Defaults(
                    fields.text("User"),
                    fields.texts("Env"),
                    fields.textOrTexts("Entrypoint"),
                    fields.textOrTexts("Cmd"),
                    fields.text("WorkingDir"),
                    fields.textMap("Labels"),
                    fields.keys("Volumes"),
                    fields.keys("ExposedPorts"),
                    fields.text("StopSignal"),
                    fields.has("Healthcheck")
                            ? Healthcheck.of(fields.objectOrEmpty("Healthcheck"))
                            : null,
                    fields.texts("Shell"));
        }
    }

    /**
     * Docker's HEALTHCHECK; its times are nanoseconds, 0 the default.
     *
     * @param test {@code CMD} and words, {@code CMD-SHELL} and a line, {@code NONE}, or empty
     */
    public record Healthcheck(
            List<String> test,
            long interval,
            long timeout,
            long startPeriod,
            long startInterval,
            int retries) {
        /** Says nothing. */
        public static final Healthcheck NONE = new Healthcheck(List.of(), 0, 0, 0, 0, 0);

        private static Healthcheck of(Fields fields) throws MalformedException {
            return new Healthcheck(
                    fields.texts("Test"),
                    fields.number("Interval"),
                    fields.number("Timeout"),
                    fields.number("StartPeriod"),
                    fields.number("StartInterval"),
                    Math.toIntExact(Math.clamp(fields.number("Retries"), 0, Integer.MAX_VALUE)));
        }
    }

    /** How one layer came about. */
    public record History(
            String created, String createdBy, String author, String comment, boolean emptyLayer) {

        private static History of(Fields fields) throws MalformedException {
            return new History(
                    fields.text("created"),
                    fields.text("created_by"),
                    fields.text("author"),
                    fields.text("comment"),
                    fields.flag("empty_layer"));
        }
    }
}
