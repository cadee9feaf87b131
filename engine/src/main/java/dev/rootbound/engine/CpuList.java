package dev.rootbound.engine;

import java.util.BitSet;
import java.util.regex.Pattern;

/** Numbers of CPUs or memory nodes as the kernel writes them: {@code 0-3,5}, cpuset(7). */
final class CpuList {
    /** NR_CPUS of the largest kernels. */
    private static final int MOST = 8192;

    private static final Pattern RANGE = Pattern.compile("([0-9]{1,4})(?:-([0-9]{1,4}))?");

    private CpuList() {}

    /** Refuses what is no list. */
    static BitSet parse(String what, String text) {
        var numbers = new BitSet();
        for (var part : text.strip().split(",", -1)) {
            var range = RANGE.matcher(part);
            if (!range.matches()) {
                throw invalid(what, text);
            }
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            if (last < first || last >= MOST) {
                throw invalid(what, text);
            }
            numbers.set(first, last + 1);
        }
        return numbers;
    }

    private static EngineException invalid(String what, String text) {
        return new EngineException.Invalid(
                "Invalid value " + TextRule.shown(text) + " for cpuset " + what);
    }
}
