package dev.rootbound.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, and what the kernel says of them. */
@Tag("kernel")
class ProverTest {
    /** In no pool: below systemd's range for containers. */
    private static final IdRange LEASE = new IdRange(400_000_000L, 65_536);

    private static final String MAP = "0 400000000 65536";
    private static final String READY = "echo ready; read mapped; exec ";
    private static final String SLEEP = "sleep 60";

    @TempDir Path directory;
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        for (var process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    /** The shell is the process itself, and waits until it is mapped. */
    private Process start(List<String> wrapper, String command) throws IOException {
        var line = new ArrayList<>(wrapper);
        line.addAll(List.of("sh", "-c", command));
        var process = new ProcessBuilder(line).redirectErrorStream(true).start();
        processes.add(process);
        assertThat(process.inputReader().readLine()).isEqualTo("ready");
        return process;
    }

    private static void go(Process process) throws Exception {
        try (var writer = process.outputWriter()) {
            writer.write("mapped\n");
        }
        // what it runs now is not the shell any more
        for (int i = 0; i < 500 && !isSleeping(process); i++) {
            Thread.sleep(10);
        }
        assertThat(isSleeping(process)).isTrue();
    }

    private static boolean isSleeping(Process process) throws IOException {
        return Files.readString(Path.of("/proc/" + process.pid() + "/comm")).equals("sleep\n");
    }

    /** As its root, which only who enters a mapped namespace can become. */
    private Process container() throws Exception {
        var holder = start(List.of("unshare", "--user", "--"), READY + SLEEP);
        var proc = Path.of("/proc/" + holder.pid());
        Files.writeString(proc.resolve("uid_map"), MAP);
        Files.writeString(proc.resolve("gid_map"), MAP);
        var process =
                start(
                        List.of(
                                "nsenter",
                                "--user",
                                "--target",
                                "" + holder.pid(),
                                "--",
                                "unshare",
                                "--net",
                                "--mount",
                                "--uts",
                                "--"),
                        READY + SLEEP);
        go(process);
        holder.destroyForcibly().waitFor();
        return process;
    }

    private Claim claim(long pid) throws IOException {
        return new Claim(
                "f".repeat(64),
                "made",
                new Tenant(0),
                IdMaps.of(LEASE),
                pid,
                Processes.startTime(pid).orElse(0L),
                directory.resolve("bundle"),
                directory,
                directory,
                false,
                false);
    }

    private Report prove(long pid) throws IOException {
        return new Prover(directory.resolve("claims")).prove(claim(pid));
    }

    private static Set<String> broken(Report report) {
        return report.statements().stream()
                .filter(statement -> !statement.holds())
                .map(Statement::name)
                .collect(Collectors.toSet());
    }

    private static List<String> evidence(Report report, String name) {
        return report.statements().stream()
                .filter(statement -> statement.name().equals(name))
                .findFirst()
                .orElseThrow()
                .evidence();
    }

    @Test
    void aProcessInAUserNamespaceOfItsLeaseIsNobodyOnTheHost() throws Exception {
        var report = prove(container().pid());
        assertThat(broken(report))
                .doesNotContain(
                        "maps", "ids", "namespace", "capabilities", "disjoint", "elsewhere");
        assertThat(report.processes()).isEqualTo(1);
    }

    /** It has the mounts of this test, in no cgroup of its own, and its files are this test's. */
    @Test
    void whatIsNoContainerOtherwiseIsFound() throws Exception {
        var report = prove(container().pid());
        assertThat(broken(report)).contains("first-process", "mounts", "flags", "files");
        assertThat(report.holds()).isFalse();
    }

    @Test
    void aProcessThatIsHostRootIsFound() throws Exception {
        var process = start(List.of("unshare", "--uts", "--"), READY + SLEEP);
        go(process);
        var report = prove(process.pid());
        assertThat(broken(report)).contains("maps", "ids", "namespace", "capabilities");
        assertThat(evidence(report, "capabilities").getFirst()).contains("they count on the host");
    }

    @Test
    void aHostRootThatEnteredOneNamespaceFromOutsideIsFound() throws Exception {
        var container = container();
        for (var namespace : List.of("--uts", "--net", "--mount")) {
            var intruder =
                    start(
                            List.of("nsenter", namespace, "--target", "" + container.pid(), "--"),
                            READY + SLEEP);
            go(intruder);
            var report = prove(container.pid());
            assertThat(report.processes()).as(namespace).isEqualTo(2);
            assertThat(broken(report)).contains("maps", "ids", "namespace", "capabilities");
            assertThat(evidence(report, "ids").getFirst())
                    .contains("pid " + intruder.pid() + " (sleep)")
                    .contains("not of the lease: [0]");
            intruder.destroyForcibly().waitFor();
        }
    }

    @Test
    void aProcessOutsideWithAnIdOfTheLeaseIsFound() throws Exception {
        var container = container();
        assertThat(broken(prove(container.pid()))).doesNotContain("elsewhere");
        var stray =
                start(
                        List.of(
                                "setpriv",
                                "--reuid",
                                "400000500",
                                "--regid",
                                "0",
                                "--clear-groups"),
                        READY + SLEEP);
        go(stray);
        var report = prove(container.pid());
        assertThat(broken(report)).contains("elsewhere");
        assertThat(evidence(report, "elsewhere").getFirst()).contains("pid " + stray.pid());
    }

    @Test
    void aUserNamespaceInsideIsTheContainersAsWell() throws Exception {
        var container = container();
        var inner =
                start(
                        List.of(
                                "nsenter",
                                "--user",
                                "--target",
                                "" + container.pid(),
                                "--",
                                "unshare",
                                "--user",
                                "--map-root-user",
                                "--"),
                        READY + SLEEP);
        go(inner);
        var report = prove(container.pid());
        assertThat(report.processes()).isEqualTo(2);
        assertThat(broken(report)).doesNotContain("maps", "namespace", "capabilities");
    }

    @Test
    void aDescriptorThatLeadsOutIsFound() throws Exception {
        var container = container();
        var intruder =
                start(
                        List.of(
                                "sh",
                                "-c",
                                "exec 7</etc/nsswitch.conf; exec \"$@\"",
                                "-",
                                "nsenter",
                                "--user",
                                "--mount",
                                "--target",
                                "" + container.pid(),
                                "--",
                                "setpriv",
                                "--reuid",
                                "0",
                                "--regid",
                                "0",
                                "--clear-groups"),
                        READY + SLEEP);
        go(intruder);
        var report = prove(container.pid());
        assertThat(broken(report)).contains("descriptors");
        assertThat(evidence(report, "descriptors").getFirst())
                .contains("pid " + intruder.pid())
                .contains("fd 7 is /etc/nsswitch.conf, outside of it");
    }

    @Test
    void aLeaseWithARealUserIsFound() throws Exception {
        var claim = claim(container().pid());
        var wrong =
                new Claim(
                        claim.id(),
                        claim.name(),
                        claim.tenant(),
                        IdMaps.of(new IdRange(0, 65_536)),
                        claim.pid(),
                        claim.startTime(),
                        claim.bundle(),
                        claim.store(),
                        claim.writable(),
                        false,
                        false);
        var report = new Prover(directory.resolve("claims")).prove(wrong);
        assertThat(broken(report)).contains("disjoint", "maps", "ids");
        assertThat(evidence(report, "disjoint").toString()).contains("id 0 is user root");
    }

    @Test
    void noFilterAndNoNewPrivilegesAreReadFromTheKernel() throws Exception {
        var claim = claim(container().pid());
        var asked =
                new Claim(
                        claim.id(),
                        claim.name(),
                        claim.tenant(),
                        claim.ids(),
                        claim.pid(),
                        claim.startTime(),
                        claim.bundle(),
                        claim.store(),
                        claim.writable(),
                        true,
                        true);
        var report = new Prover(directory.resolve("claims")).prove(asked);
        assertThat(broken(report)).contains("seccomp", "no-new-privileges");
    }

    @Test
    void aContainerThatHasEndedShowsNothing() throws Exception {
        var process = container();
        var claim = claim(process.pid());
        process.destroyForcibly().waitFor();
        var report = new Prover(directory.resolve("claims")).prove(claim);
        assertThat(report.holds()).isFalse();
        assertThat(broken(report)).contains("first-process", "ids", "maps");
    }
}
