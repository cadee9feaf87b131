package dev.rootbound.runtime;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The {@code process} object of a config.json, for the first process and for exec alike. */
final class ProcessConfig {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** RLIM_INFINITY of getrlimit(2). */
    private static final BigInteger UNLIMITED =
            BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private ProcessConfig() {}

    static ObjectNode of(ProcessSpec spec) {
        var process = JSON.objectNode();
        process.put("terminal", spec.terminal());
        process.set("user", user(spec.user()));
        spec.args().forEach(process.putArray("args")::add);
        env(spec, process);
        process.put("cwd", spec.cwd());
        process.set("capabilities", capabilities(spec));
        rlimits(spec, process);
        process.put("noNewPrivileges", spec.noNewPrivileges());
        var oomScoreAdj = spec.oomScoreAdj();
        if (oomScoreAdj != null) {
            process.put("oomScoreAdj", oomScoreAdj);
        }
        return process;
    }

    private static ObjectNode user(ProcessSpec.UserIds ids) {
        var user = JSON.objectNode();
        user.put("uid", ids.uid());
        user.put("gid", ids.gid());
        ids.additionalGids().forEach(user.putArray("additionalGids")::add);
        return user;
    }

    /** HOME is ours to say: runtimes would look it up in the container's own passwd file. */
    private static void env(ProcessSpec spec, ObjectNode process) {
        var env = process.putArray("env");
        spec.env().forEach(env::add);
        if (spec.env().stream().noneMatch(e -> e.startsWith("HOME="))) {
            env.add("HOME=" + spec.user().home());
        }
    }

    /**
     * Inheritable and ambient stay empty, so a program gets none by being executed: CVE-2022-24769.
     */
    private static ObjectNode capabilities(ProcessSpec spec) {
        var held = spec.user().uid() == 0 ? spec.bounding() : Set.<String>of();
        var capabilities = JSON.objectNode();
        put(capabilities, "bounding", spec.bounding());
        put(capabilities, "effective", held);
        put(capabilities, "permitted", held);
        put(capabilities, "inheritable", Set.of());
        put(capabilities, "ambient", Set.of());
        return capabilities;
    }

    private static void put(ObjectNode capabilities, String set, Set<String> names) {
        Capabilities.inOrder(names).forEach(capabilities.putArray(set)::add);
    }

    private static void rlimits(ProcessSpec spec, ObjectNode process) {
        var rlimits = process.putArray("rlimits");
        for (var limit : spec.rlimits()) {
            rlimits.addObject()
                    .put("type", "RLIMIT_" + limit.type().toUpperCase(Locale.ROOT))
                    .put("hard", value(limit.hard()))
                    .put("soft", value(limit.soft()));
        }
    }

    private static BigInteger value(long limit) {
        return limit < 0 ? UNLIMITED : BigInteger.valueOf(limit);
    }
}
