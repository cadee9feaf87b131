package dev.rootbound.runtime;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A seccomp profile under which nobody makes a set-user-ID or set-group-ID file: what sets a mode
 * goes through without those bits only. mkdir(2) is left alone, it ignores them; so are those who
 * rename or link, for they cross no mount. A filter cannot look into what openat2(2) and
 * io_uring(7) point to: the first is not there (ENOSYS, and programs use openat(2)), the second is
 * not allowed.
 */
public final class SetIdFilter {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int ENOSYS = 38;

    /** S_ISUID and S_ISGID, inode(7). */
    private static final long SET_IDS = 06000;

    /**
     * O_CREAT and __O_TMPFILE, include/uapi/asm-generic/fcntl.h: with neither no mode is looked at.
     */
    private static final long CREATES = 0100 | 020000000;

    private static final Set<String> REFUSING =
            Set.of(
                    "SCMP_ACT_KILL",
                    "SCMP_ACT_KILL_PROCESS",
                    "SCMP_ACT_KILL_THREAD",
                    "SCMP_ACT_TRAP",
                    "SCMP_ACT_ERRNO");

    private static final Set<String> OPAQUE =
            Set.of("openat2", "io_uring_setup", "io_uring_enter", "io_uring_register");

    /** An argument with none of these bits. */
    private record Without(int index, long bits) {}

    /** Of each call its arguments: it goes through by any of them. */
    private static final Map<String, List<Without>> CALLS = calls();

    private static Map<String, List<Without>> calls() {
        var calls = new LinkedHashMap<String, List<Without>>();
        for (var name : List.of("chmod", "fchmod", "creat", "mknod")) {
            calls.put(name, List.of(new Without(1, SET_IDS)));
        }
        for (var name : List.of("fchmodat", "fchmodat2", "mknodat")) {
            calls.put(name, List.of(new Without(2, SET_IDS)));
        }
        calls.put("open", List.of(new Without(1, CREATES), new Without(2, SET_IDS)));
        calls.put("openat", List.of(new Without(2, CREATES), new Without(3, SET_IDS)));
        return calls;
    }

    private SetIdFilter() {}

    /**
     * Docker's format, in and out.
     *
     * @throws InvalidSpec for a profile that lets through what it does not name: it would let
     *     through the calls that a later kernel has for the same
     */
    public static String of(String profile) throws InvalidSpec {
        JsonNode read;
        try {
            read = JSON.readTree(profile);
        } catch (JacksonException e) {
            throw new InvalidSpec("decoding seccomp profile failed: " + e.getOriginalMessage(), e);
        }
        if (!(read instanceof ObjectNode root)) {
            throw new InvalidSpec("decoding seccomp profile failed: it is not a JSON object");
        }
        if (!REFUSING.contains(SeccompFields.action(root, "defaultAction", "the profile"))) {
            throw new InvalidSpec(
                    "seccomp profile: set-user-ID files are refused by the policy, which a profile"
                            + " cannot keep whose defaultAction lets system calls through");
        }
        var rules = JSON.createArrayNode();
        int number = 0;
        for (var rule : SeccompFields.array(root, "syscalls", "the profile")) {
            var where = "syscalls[" + number++ + "]";
            if (!(rule instanceof ObjectNode object)) {
                throw SeccompFields.wrong(where, "it is not an object");
            }
            add(rules, object, where);
        }
        root.set("syscalls", rules);
        return JSON.writeValueAsString(root);
    }

    private static void add(ArrayNode rules, ObjectNode rule, String where) throws InvalidSpec {
        if (REFUSING.contains(SeccompFields.action(rule, "action", where))) {
            rules.add(rule);
            return;
        }
        var names = new HashSet<>(SeccompFields.strings(rule, "names", where));
        var old = rule.path("name").asString("");
        if (!old.isEmpty()) names.add(old);
        var others = names.stream().filter(name -> !isJudged(name)).sorted().toList();
        if (others.size() == names.size()) {
            rules.add(rule);
            return;
        }
        if (!others.isEmpty()) rules.add(named(rule, others));
        for (var name : names.stream().filter(CALLS::containsKey).sorted().toList()) {
            for (var without : CALLS.getOrDefault(name, List.of())) {
                rules.add(restricted(named(rule, List.of(name)), without, where));
            }
        }
        if (names.contains("openat2")) {
            rules.add(
                    named(rule, List.of("openat2"))
                            .put("action", "SCMP_ACT_ERRNO")
                            .put("errnoRet", ENOSYS));
        }
    }

    private static boolean isJudged(String name) {
        return CALLS.containsKey(name) || OPAQUE.contains(name);
    }

    private static ObjectNode named(ObjectNode rule, List<String> names) {
        var copy = rule.deepCopy();
        copy.remove("name");
        names.forEach(copy.putArray("names")::add);
        return copy;
    }

    private static ObjectNode restricted(ObjectNode rule, Without without, String where)
            throws InvalidSpec {
        var all = JSON.createArrayNode();
        for (var argument : SeccompFields.array(rule, "args", where)) {
            if (argument.path("index").asInt(0) == without.index) {
                throw SeccompFields.wrong(
                        where,
                        "set-user-ID files are refused by the policy, and it compares the argument"
                                + " that says of them already");
            }
            all.add(argument);
        }
        all.addObject()
                .put("index", without.index)
                .put("value", without.bits)
                .put("valueTwo", 0)
                .put("op", "SCMP_CMP_MASKED_EQ");
        rule.set("args", all);
        return rule;
    }
}
