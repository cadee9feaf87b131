package dev.rootbound.engine;

import dev.rootbound.oci.ImageConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a container's spec leaves open, taken from its image as Docker does. Pure. */
final class ImageDefaults {
    static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private ImageDefaults() {}

    static ContainerSpec complete(ContainerSpec spec, ImageConfig.Defaults image, String id) {
        boolean ownEntrypoint = spec.entrypoint() != null && !spec.entrypoint().isEmpty();
        // Docker: the image's command goes with the image's entrypoint; [""] resets the entrypoint
        var cmd = orElse(spec.cmd(), ownEntrypoint ? List.of() : image.cmd());
        var entrypoint = orElse(spec.entrypoint(), image.entrypoint());
        if (entrypoint.equals(List.of(""))) {
            entrypoint = List.of();
        }
        if (entrypoint.isEmpty() && cmd.isEmpty()) {
            throw new EngineException.Invalid("no command specified");
        }
        var labels = new LinkedHashMap<>(image.labels());
        labels.putAll(spec.labels());
        return new ContainerSpec(
                spec.image(),
                entrypoint,
                cmd,
                env(image.env(), spec.env()),
                spec.user().isEmpty() ? image.user() : spec.user(),
                workingDir(spec.workingDir().isEmpty() ? image.workingDir() : spec.workingDir()),
                spec.hostname().isEmpty() ? id.substring(0, 12) : spec.hostname(),
                spec.domainname(),
                spec.terminal(),
                spec.stdin(),
                spec.stdinOnce(),
                labels,
                spec.stopSignal() != null ? spec.stopSignal() : emptyToNull(image.stopSignal()),
                spec.stopTimeout(),
                spec.autoRemove(),
                spec.init(),
                spec.readOnlyRoot(),
                spec.shmSize() == 0 ? ContainerSpec.DEFAULT_SHM_SIZE : spec.shmSize(),
                spec.tmpfs(),
                spec.groupAdd(),
                spec.isolation(),
                spec.resources(),
                spec.rlimits(),
                spec.oomScoreAdj(),
                spec.logDriver(),
                spec.origin());
    }

    private static List<String> orElse(@Nullable List<String> own, List<String> image) {
        return own == null || own.isEmpty() ? image : own;
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static String workingDir(String given) {
        if (given.isEmpty()) {
            return "/";
        }
        if (!given.startsWith("/")) {
            throw new EngineException.Invalid(
                    "the working directory '"
                            + given
                            + "' is invalid, it needs to be an absolute path");
        }
        return given;
    }

    /** The image's variables, replaced or removed by the request's; order kept. */
    static List<String> env(List<String> image, List<String> own) {
        var byName = new LinkedHashMap<String, @Nullable String>();
        byName.put("PATH", PATH);
        for (var each : image) {
            byName.put(name(each), each);
        }
        for (var each : own) {
            byName.put(name(each), each.contains("=") ? each : null);
        }
        var env = new ArrayList<String>();
        for (Map.Entry<String, @Nullable String> each : byName.entrySet()) {
            var value = each.getValue();
            if (value != null) {
                env.add(value);
            }
        }
        return env;
    }

    private static String name(String variable) {
        int equals = variable.indexOf('=');
        return equals < 0 ? variable : variable.substring(0, equals);
    }

    /** What is executed: the entrypoint, then the command. */
    static List<String> argv(ContainerSpec spec) {
        var argv = new ArrayList<String>();
        if (spec.entrypoint() != null) {
            argv.addAll(spec.entrypoint());
        }
        if (spec.cmd() != null) {
            argv.addAll(spec.cmd());
        }
        return argv;
    }
}
