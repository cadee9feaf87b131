package dev.rootbound.engine;

import java.util.Set;

/**
 * Which tmpfs mounts may be asked for: Docker's options, and no place that the runtime fills
 * itself.
 */
final class TmpfsRule {
    private static final int PATH_MAX = 4096;
    private static final Set<String> FLAGS =
            Set.of(
                    "ro",
                    "rw",
                    "exec",
                    "noexec",
                    "suid",
                    "nosuid",
                    "dev",
                    "nodev",
                    "atime",
                    "noatime",
                    "diratime",
                    "nodiratime",
                    "relatime",
                    "norelatime",
                    "strictatime",
                    "nostrictatime",
                    "sync",
                    "async",
                    "dirsync");
    private static final Set<String> VALUES =
            Set.of("size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol");

    private TmpfsRule() {}

    static void check(ContainerSpec.Tmpfs tmpfs) {
        TargetRule.check("tmpfs", tmpfs.target());
        for (var option : tmpfs.options().split(",")) {
            int equals = option.indexOf('=');
            boolean known =
                    option.isEmpty()
                            || FLAGS.contains(option)
                            || (equals > 0 && VALUES.contains(option.substring(0, equals)));
            if (!known || option.length() > PATH_MAX) {
                throw new EngineException.Invalid("invalid tmpfs option '" + shown(option) + "'");
            }
        }
    }

    private static String shown(String text) {
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }
}
