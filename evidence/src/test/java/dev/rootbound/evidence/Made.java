package dev.rootbound.evidence;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.SubidFile;
import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Facts of a container as it should be, to be changed in one place by a test. */
final class Made {
    static final long LEASE = 1_879_048_192L;
    static final IdRange RANGE = new IdRange(LEASE, 65_536);
    static final long HOST = 4_026_531_837L;
    static final long CONTAINER = 4_026_532_178L;
    static final String ID = "e59ab0ec19a5fff6ea27404ddd28d204d9f3ac3f8aaae63ebab92d9ab7ba8cda";
    static final String STORE = "/var/lib/rootbound/store";

    private Made() {}

    static Claim claim() {
        return claim(true, false);
    }

    static Claim claim(boolean filtered, boolean noNewPrivileges) {
        return new Claim(
                ID,
                "web",
                new Tenant(1000),
                IdMaps.of(RANGE),
                21_274,
                6_582_525,
                Path.of("/run/rootbound/c/" + ID),
                Path.of(STORE),
                Path.of(STORE + "/c/" + ID),
                filtered,
                noNewPrivileges);
    }

    /** Of a user with uid 1000 in group 100. */
    static TenantIds ids(Claim claim) {
        return new TenantIds(
                claim.tenant(), List.of(1000L, 100L), List.of(new IdRange(100_000, 65_536)));
    }

    /** The lines of /proc/PID/status, to be changed. */
    static Map<String, String> status() {
        var lines = new LinkedHashMap<String, String>();
        lines.put("Name", "sleep");
        lines.put("State", "S (sleeping)");
        lines.put("NSpid", "21274\t1");
        lines.put("Uid", "1879048192\t1879048192\t1879048192\t1879048192");
        lines.put("Gid", "1879048192\t1879048192\t1879048192\t1879048192");
        lines.put("Groups", "1879048192 1879048202 ");
        lines.put("CapInh", "0000000000000000");
        lines.put("CapPrm", "00000000800405fb");
        lines.put("CapEff", "00000000800405fb");
        lines.put("CapBnd", "00000000800405fb");
        lines.put("CapAmb", "0000000000000000");
        lines.put("NoNewPrivs", "0");
        lines.put("Seccomp", "2");
        return lines;
    }

    static Task task() {
        return task(status());
    }

    static Task task(String field, String value) {
        var lines = status();
        lines.put(field, value);
        return task(lines);
    }

    private static Task task(Map<String, String> status) {
        var text = new StringBuilder();
        status.forEach((field, value) -> text.append(field + ":\t" + value + "\n"));
        return Task.parse(text.toString());
    }

    static final String MAP = "         0 1879048192      65536\n";

    static UserSpace user() {
        return new UserSpace(CONTAINER, List.of(HOST), 0);
    }

    static ProcessFacts process(UserSpace user, String uidMap, String gidMap, Task... tasks) {
        return process(user, uidMap, gidMap, new Descriptor.Held(List.of(), true), tasks);
    }

    static ProcessFacts process(Task... tasks) {
        return process(user(), MAP, MAP, tasks);
    }

    static ProcessFacts holding(Descriptor... descriptors) {
        var held = new Descriptor.Held(List.of(descriptors), true);
        return process(user(), MAP, MAP, held, task());
    }

    static ProcessFacts process(
            UserSpace user, String uidMap, String gidMap, Descriptor.Held held, Task... tasks) {
        return process(ID, user, uidMap, gidMap, held, tasks);
    }

    /** In the cgroup of another container, whose user namespace is the same. */
    static ProcessFacts joined(Task... tasks) {
        var held = new Descriptor.Held(List.of(), true);
        return process("f".repeat(64), user(), MAP, MAP, held, tasks);
    }

    private static ProcessFacts process(
            String cgroup,
            UserSpace user,
            String uidMap,
            String gidMap,
            Descriptor.Held held,
            Task... tasks) {
        var namespaces = new TreeMap<String, ProcessFacts.Owned>();
        namespaces.put("mnt", new ProcessFacts.Owned(4_026_532_248L, CONTAINER));
        namespaces.put("time", new ProcessFacts.Owned(4_026_531_834L, HOST));
        return new ProcessFacts(
                21_274,
                List.of(tasks),
                "0::/rootbound/1000/" + cgroup + "\n",
                uidMap,
                gidMap,
                "allow",
                user,
                namespaces,
                List.of(),
                held);
    }

    static HostIdentities host(
            String passwd, String group, String subids, Map<IdRange, List<String>> leases)
            throws IOException {
        var lines = SubidFile.parse(subids, "subuid");
        return new HostIdentities(
                Names.parse(passwd),
                Names.parse(group),
                Memberships.parse(passwd, group),
                lines,
                lines,
                leases);
    }

    /** What of the ledger does not hold, of those that something was found of. */
    static List<Subject> broken(Ledger ledger) {
        var broken = new ArrayList<Subject>();
        for (var subject : Subject.values()) {
            if (ledger.has(subject) && !ledger.statement(subject).holds()) {
                broken.add(subject);
            }
        }
        return broken;
    }
}
