package dev.rootbound.engine;

import java.util.List;
import java.util.Map;

/**
 * Which annotations a container may have: any but those by which runtimes (runc, crun and those of
 * virtual machines) are told to isolate in another way.
 */
final class AnnotationRule {
    private static final List<String> COMMANDS =
            List.of(
                    "org.systemd.property.",
                    "org.criu.",
                    "run.oci.",
                    "module.wasm.",
                    "io.katacontainers.",
                    "dev.gvisor.");

    private AnnotationRule() {}

    static void check(Map<String, String> annotations) {
        annotations.forEach((name, value) -> {
            if (name.isEmpty()) {
                throw new EngineException.Invalid("an annotation needs a name");
            }
            TextRule.place("the name of an annotation", name);
            TextRule.place("annotation " + name, value);
            if (COMMANDS.stream().anyMatch(name::startsWith)) {
                throw new EngineException.Denied(
                        "annotation "
                                + name
                                + ": an annotation that changes what the runtime does is not granted");
            }
        });
    }
}
