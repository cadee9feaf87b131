package dev.rootbound.engine;

import dev.rootbound.oci.ImageConfig;
import java.time.Duration;
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
        var program = entrypoint;
        return spec.with(own -> {
            own.entrypoint = program;
            own.cmd = cmd;
            own.env = env(image.env(), spec.env());
            own.labels = labels;
            own.workingDir =
                    workingDir(own.workingDir.isEmpty() ? image.workingDir() : own.workingDir);
            if (own.user.isEmpty()) {
                own.user = image.user();
            }
            if (own.hostname.isEmpty()) {
                own.hostname = id.substring(0, 12);
            }
            if (own.stopSignal == null) {
                own.stopSignal = emptyToNull(image.stopSignal());
            }
            own.health = health(own.health, image);
            if (own.shmSize == 0) {
                own.shmSize = ContainerSpec.DEFAULT_SHM_SIZE;
            }
        });
    }

    /** The request's, with what it leaves open from the image; {@code null} if neither has one. */
    private static @Nullable HealthCheck health(
            @Nullable HealthCheck own, ImageConfig.Defaults image) {
        var inherited = image.healthcheck();
        if (inherited == null) {
            return own == null ? null : own.orElse(of(ImageConfig.Healthcheck.NONE, image.shell()));
        }
        var images = of(inherited, image.shell());
        return own == null ? images : own.orElse(images);
    }

    private static HealthCheck of(ImageConfig.Healthcheck image, List<String> shell) {
        return new HealthCheck(
                image.test(),
                Duration.ofNanos(image.interval()),
                Duration.ofNanos(image.timeout()),
                Duration.ofNanos(image.startPeriod()),
                Duration.ofNanos(image.startInterval()),
                image.retries(),
                shell);
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
