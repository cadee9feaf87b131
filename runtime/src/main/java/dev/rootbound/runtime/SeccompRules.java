package dev.rootbound.runtime;

import dev.rootbound.linux.KernelVersion;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rules of a profile that apply to one container. Names with the same action and the same
 * arguments become one rule: the runtime compiles the filter anew for every start.
 */
final class SeccompRules {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Set<String> OPERATORS =
            Set.of(
                    "SCMP_CMP_NE",
                    "SCMP_CMP_LT",
                    "SCMP_CMP_LE",
                    "SCMP_CMP_EQ",
                    "SCMP_CMP_GE",
                    "SCMP_CMP_GT",
                    "SCMP_CMP_MASKED_EQ");

    private static final BigInteger MAX_VALUE =
            BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final BigInteger MAX_INDEX = BigInteger.valueOf(5);

    private final Set<String> caps;
    private final String architecture;
    private final KernelVersion kernel;

    /** What a rule does, without its names, to the names. */
    private final Map<ObjectNode, SequencedSet<String>> rules = new LinkedHashMap<>();

    SeccompRules(Set<String> caps, String architecture, KernelVersion kernel) {
        this.caps = caps;
        this.architecture = architecture;
        this.kernel = kernel;
    }

    void addAll(List<JsonNode> syscalls) throws InvalidSpec {
        int number = 0;
        for (var rule : syscalls) {
            var where = "syscalls[" + number++ + "]";
            if (!rule.isObject()) {
                throw SeccompFields.wrong(where, "it is not an object");
            }
            if (applies(rule, where)) {
                rules.computeIfAbsent(effect(rule, where), e -> new LinkedHashSet<>())
                        .addAll(names(rule, where));
            }
        }
    }

    private boolean applies(JsonNode rule, String where) throws InvalidSpec {
        var includes = condition(rule, "includes", where);
        var excludes = condition(rule, "excludes", where);
        return (includes.arches.isEmpty() || includes.arches.contains(architecture))
                && caps.containsAll(includes.caps)
                && (includes.minKernel.isEmpty() || isAtLeast(includes.minKernel))
                && !excludes.arches.contains(architecture)
                && excludes.caps.stream().noneMatch(caps::contains)
                && (excludes.minKernel.isEmpty() || !isAtLeast(excludes.minKernel));
    }

    private boolean isAtLeast(String minKernel) throws InvalidSpec {
        try {
            return kernel.isAtLeast(KernelVersion.parse(minKernel));
        } catch (IllegalArgumentException e) {
            throw new InvalidSpec(String.valueOf(e.getMessage()), e);
        }
    }

    private record Condition(List<String> arches, List<String> caps, String minKernel) {}

    private static Condition condition(JsonNode rule, String field, String where)
            throws InvalidSpec {
        var node = rule.path(field);
        if (!node.isMissingNode() && !node.isNull() && !node.isObject()) {
            throw SeccompFields.wrong(where, field + " is not an object");
        }
        var inside = where + "." + field;
        return new Condition(
                SeccompFields.strings(node, "arches", inside),
                SeccompFields.strings(node, "caps", inside),
                node.path("minKernel").asString(""));
    }

    private static List<String> names(JsonNode rule, String where) throws InvalidSpec {
        var name = rule.path("name").asString("");
        var names = SeccompFields.strings(rule, "names", where);
        if (!name.isEmpty() && !names.isEmpty()) {
            throw SeccompFields.wrong(
                    where,
                    "'name' and 'names' were specified in the seccomp profile, use either 'name'"
                            + " or 'names'");
        }
        if (name.isEmpty() && names.isEmpty()) {
            throw SeccompFields.wrong(where, "it names no system call");
        }
        return name.isEmpty() ? names : List.of(name);
    }

    private static ObjectNode effect(JsonNode rule, String where) throws InvalidSpec {
        var effect = JSON.objectNode();
        effect.put("action", SeccompFields.action(rule, "action", where));
        SeccompFields.errno(rule, "errnoRet", where).ifPresent(e -> effect.put("errnoRet", e));
        var args = SeccompFields.array(rule, "args", where);
        if (!args.isEmpty()) {
            var array = effect.putArray("args");
            for (var arg : args) {
                array.add(argument(arg, where + ".args"));
            }
        }
        return effect;
    }

    private static ObjectNode argument(JsonNode arg, String where) throws InvalidSpec {
        var index = number(arg, "index", where);
        if (index.compareTo(MAX_INDEX) > 0) {
            throw SeccompFields.wrong(where, "a system call has no argument " + index);
        }
        var operator = arg.path("op").asString("");
        if (!OPERATORS.contains(operator)) {
            throw SeccompFields.wrong(where, "op '" + operator + "' is not supported");
        }
        var argument = JSON.objectNode();
        argument.put("index", index.intValue());
        argument.put("value", number(arg, "value", where));
        argument.put("valueTwo", number(arg, "valueTwo", where));
        argument.put("op", operator);
        return argument;
    }

    /** An unsigned 64-bit number; absent is 0, as in Go. */
    private static BigInteger number(JsonNode arg, String field, String where) throws InvalidSpec {
        var value = arg.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return BigInteger.ZERO;
        }
        if (!value.isIntegralNumber()
                || value.bigIntegerValue().signum() < 0
                || value.bigIntegerValue().compareTo(MAX_VALUE) > 0) {
            throw SeccompFields.wrong(where, field + " is not an unsigned number: " + value);
        }
        return value.bigIntegerValue();
    }

    ArrayNode toJson() {
        var array = JSON.arrayNode();
        rules.forEach((effect, names) -> {
            var rule = array.addObject();
            names.forEach(rule.putArray("names")::add);
            rule.setAll(effect);
        });
        return array;
    }
}
