package dev.rootbound.app;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/** One container's statistics as Docker's columns. */
record StatsRow(
        String id,
        String name,
        String cpu,
        String memory,
        String memoryShare,
        String network,
        String blocks,
        String pids) {
    static final List<String> TITLES =
            List.of(
                    "CONTAINER ID",
                    "NAME",
                    "CPU %",
                    "MEM USAGE / LIMIT",
                    "MEM %",
                    "NET I/O",
                    "BLOCK I/O",
                    "PIDS");

    /** From an answer of the API. */
    static StatsRow of(Json stats) {
        String name = stats.text("name");
        long used = used(stats.get("memory_stats"));
        long limit = stats.get("memory_stats").number("limit");
        return new StatsRow(
                stats.text("id"),
                name.startsWith("/") ? name.substring(1) : name,
                percent(cpu(stats)),
                ByteSize.humanBinary(used) + " / " + ByteSize.humanBinary(limit),
                percent(limit == 0 ? 0 : 100.0 * used / limit),
                pair(network(stats, "rx_bytes"), network(stats, "tx_bytes")),
                pair(blocks(stats, 'r'), blocks(stats, 'w')),
                "" + stats.get("pids_stats").number("current"));
    }

    /** Without what the kernel can drop at once. */
    private static long used(Json memory) {
        long usage = memory.number("usage");
        for (String cache : List.of("total_inactive_file", "inactive_file")) {
            long bytes = memory.get("stats").number(cache);
            if (bytes > 0 && bytes < usage) return usage - bytes;
        }
        return usage;
    }

    /** Of one CPU, since the sample before. */
    private static double cpu(Json stats) {
        Json now = stats.get("cpu_stats");
        Json before = stats.get("precpu_stats");
        double used =
                now.get("cpu_usage").number("total_usage")
                        - before.get("cpu_usage").number("total_usage");
        double host = now.number("system_cpu_usage") - before.number("system_cpu_usage");
        long cpus = Math.max(1, now.number("online_cpus"));
        return used > 0 && host > 0 ? used / host * cpus * 100 : 0;
    }

    private static long network(Json stats, String field) {
        long sum = 0;
        if (stats.get("networks") instanceof Json.Members networks)
            for (Json one : networks.map().values()) sum += one.number(field);
        return sum;
    }

    private static long blocks(Json stats, char operation) {
        long sum = 0;
        for (Json one : stats.get("blkio_stats").get("io_service_bytes_recursive").items())
            if (one.text("op").toLowerCase(Locale.ROOT).startsWith("" + operation))
                sum += one.number("value");
        return sum;
    }

    private static String pair(long in, long out) {
        return ByteSize.human(in) + " / " + ByteSize.human(out);
    }

    private static String percent(double value) {
        return new BigDecimal(value).setScale(2, java.math.RoundingMode.HALF_EVEN) + "%";
    }

    List<String> cells(boolean whole) {
        String shown = whole || id.length() < 12 ? id : id.substring(0, 12);
        return List.of(shown, name, cpu, memory, memoryShare, network, blocks, pids);
    }

    /** Docker's members of {@code --format json}. */
    Json json(boolean whole) {
        String shown = cells(whole).getFirst();
        return Format.row(
                "BlockIO", blocks,
                "CPUPerc", cpu,
                "Container", shown,
                "ID", shown,
                "MemPerc", memoryShare,
                "MemUsage", memory,
                "Name", name,
                "NetIO", network,
                "PIDs", pids);
    }
}
