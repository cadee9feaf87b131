package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.attack.Attack;
import dev.rootbound.attack.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Scenarios 8, 9 and 15, as {@code prove --attack} tries them: every attack fails by default, and
 * every one succeeds where nothing is in its way.
 */
@SystemTest
class AttackTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();

    /** What a kernel may lack, by the name of its option. */
    private static final Map<String, String> OPTIONS =
            Map.of(
                    "modprobe-path", "MODULES",
                    "module", "MODULES",
                    "hotplug-path", "UEVENT_HELPER",
                    "uevent-helper", "UEVENT_HELPER",
                    "sysrq", "MAGIC_SYSRQ",
                    "kernel-memory", "PROC_KCORE",
                    "kexec", "KEXEC",
                    "algorithm-socket", "CRYPTO_USER_API");

    @SuppressWarnings("NullAway") // set before all
    private static Daemon daemon;

    @SuppressWarnings("NullAway")
    private static TestUsers users;

    @BeforeAll
    static void begin() {
        daemon = Daemon.start();
        users = new TestUsers(daemon, 1);
        for (var image : List.of(TestImage.BUSYBOX, TestImage.DISTROLESS))
            daemon.docker().run("load", "-q", "-i", image.archive().toString()).ok();
        users.docker(0).run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
    }

    @AfterAll
    static void end() {
        users.close();
        daemon.close();
    }

    /** What became of each attack, in the first line of its evidence. */
    private static Map<String, String> attacked(Cli rootbound, String container, int code) {
        var said = rootbound.run("prove", "--attack", "--format", "json", container);
        assertThat(said.code()).as(said.toString()).isEqualTo(code);
        var verdicts = new LinkedHashMap<String, String>();
        for (var each : statements(said)) {
            var name = each.get("Name").asString();
            if (name.startsWith("attack-"))
                verdicts.put(name.substring("attack-".length()), each.at("/Evidence/0").asString());
        }
        assertThat(verdicts).containsOnlyKeys(names());
        return verdicts;
    }

    private static JsonNode statements(Result said) {
        return new JsonMapper().readTree(said.stdout()).get("Statements");
    }

    private static List<String> names() {
        return Catalogue.ALL.stream().map(Attack::name).toList();
    }

    private static Map<String, String> verdict(Map<String, String> all, String word) {
        return all.entrySet().stream()
                .filter(each -> each.getValue().startsWith(word + ": "))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static void assertNothingIsLeft() {
        assertThat(daemon.rootbound().run("ps", "-a", "--all-tenants").out())
                .doesNotContain("rootbound-attack-");
        assertThat(Path.of("/tmp").toFile().list((_, name) -> name.startsWith("rootbound-attack-")))
                .isEmpty();
        assertThat(String.join(" ", daemon.processes())).doesNotContain("attack/agent");
    }

    @Test
    void everyAttackFailsByDefault() {
        var name = daemon.docker().detached(IMAGE, "sleep", "9999");
        var all = attacked(daemon.rootbound(), name, 0);
        assertThat(verdict(all, "refused").size() + verdict(all, "absent").size())
                .as(all.toString())
                .isEqualTo(all.size());
        assertNothingIsLeft();
    }

    @Test
    void everyAttackSucceedsInTheControl() throws IOException {
        var name =
                daemon.docker().detached("--userns=host", "--privileged", IMAGE, "sleep", "9999");
        var all = attacked(daemon.rootbound(), name, 1);
        var absent = verdict(all, "absent");
        for (var attack : names()) {
            if (absent.containsKey(attack))
                assertThat(kernelHas(Objects.requireNonNull(OPTIONS.get(attack), attack)))
                        .as(attack)
                        .isFalse();
            else assertThat(all.get(attack)).as(attack).startsWith("succeeded: ");
        }
        daemon.docker().run("rm", "-f", name).ok();
        assertNothingIsLeft();
    }

    /** As it says itself: without a word of it an attack has to succeed. */
    private static boolean kernelHas(String option) throws IOException {
        var packed = Path.of("/proc/config.gz");
        var release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        var config =
                Files.exists(packed)
                        ? Shell.run("zcat", packed.toString()).ok().out()
                        : Files.readString(Path.of("/boot/config-" + release));
        return Stream.of(config.split("\n")).anyMatch(("CONFIG_" + option + "=y")::equals);
    }

    @Test
    void itIsTheHostThatPrivilegedDoesNotReach() throws IOException {
        var bound = Files.createDirectory(daemon.root().resolveSibling("bound"));
        var name =
                daemon.docker()
                        .detached(
                                "--privileged",
                                "--init",
                                "-v",
                                bound + ":/bound",
                                "-v",
                                "attacked:/data",
                                "--tmpfs",
                                "/scratch",
                                IMAGE,
                                "sleep",
                                "9999");
        var all = attacked(daemon.rootbound(), name, 0);
        var filters =
                Catalogue.ALL.stream()
                        .filter(attack -> attack.guard() == Attack.Guard.FILTER)
                        .map(Attack::name)
                        .toList();
        assertThat(filters).containsAll(verdict(all, "succeeded").keySet());
        assertThat(verdict(all, "succeeded")).containsKeys("user-namespace", "io-uring");
        assertThat(verdict(all, "not tried")).isEmpty();
        assertThat(daemon.docker().run("volume", "ls", "-q").out()).isEqualTo("attacked");
    }

    @Test
    void anImageWithoutAShellIsAttackedAndACapabilityMoreDoesNotHelp() {
        var all = List.of("--cap-add=ALL", "--security-opt=no-new-privileges", "--read-only");
        for (var flags : List.of(List.<String>of(), all)) {
            var line =
                    Stream.concat(flags.stream(), Stream.of(TestImage.DISTROLESS.tag(), "sleep"));
            var words = Stream.concat(line, Stream.of("9999")).toArray(String[]::new);
            var name = daemon.docker().detached(words);
            assertThat(verdict(attacked(daemon.rootbound(), name, 0), "not tried")).isEmpty();
        }
    }

    @Test
    void anOrdinaryUsersContainerIsAttackedOnItsOwnDirectory() {
        var name = users.docker(0).detached(IMAGE, "sleep", "9999");
        var all = attacked(users.rootbound(0), name, 0);
        assertThat(all.get("leave-set-user-id"))
                .startsWith("refused: on disk its mode is 6755 and its owner " + users.uid(0));
        assertThat(all.get("replace-program")).startsWith("refused: renameat");
        assertThat(daemon.rootbound().run("prove", "--attack", name).ended(1).err())
                .contains("No such container");
        var every = daemon.rootbound().run("prove", "--attack", users.name(0) + "/" + name);
        assertThat(every.ok().out()).endsWith(name + ": holds");
        users.docker(0).run("rm", "-f", name).ok();
        assertNothingIsLeft();
    }

    @Test
    void whoIsNotContainerRootIsToldWhatThatOneCannot() {
        var name = daemon.docker().detached("-u", "500:50", IMAGE, "sleep", "9999");
        var all = attacked(daemon.rootbound(), name, 0);
        assertThat(verdict(all, "succeeded")).isEmpty();
        assertThat(verdict(all, "not tried")).isEmpty();
    }

    /** Scenario 9: what it gives is its owner's on disk. */
    @Test
    void setUserIdFilesInBindMountsAreListedAndThoseOfOthersFound() throws IOException {
        var bound = Files.createDirectory(daemon.root().resolveSibling("set-ids"));
        Shell.run("chown", users.name(0) + ":" + users.name(0), bound.toString()).ok();
        var name = users.docker(0).detached("-v", bound + ":/data", IMAGE, "sleep", "9999");
        users.docker(0).run("exec", name, "sh", "-c", ">/data/own; chmod 4755 /data/own").ok();
        assertThat(setIds(users.rootbound(0), name, true))
                .contains("1 set-user-ID", bound + "/own (4755) of " + users.uid(0));
        var roots = bound.resolve("roots");
        Files.createFile(roots);
        Shell.run("chmod", "4755", roots.toString()).ok();
        assertThat(setIds(users.rootbound(0), name, true)).contains("1 that it cannot");
        var control =
                daemon.docker()
                        .detached("--userns=host", "-v", bound + ":/data", IMAGE, "sleep", "9999");
        assertThat(setIds(daemon.rootbound(), control, false))
                .contains("roots (4755) of 0:0: the container can make such");
    }

    private static String setIds(Cli rootbound, String container, boolean holds) {
        var said = rootbound.run("prove", "--format", "json", container);
        for (var each : statements(said)) {
            if (!each.get("Name").asString().equals("set-ids")) continue;
            assertThat(each.get("Holds").asBoolean()).as(each.toString()).isEqualTo(holds);
            return each.get("Evidence").toString();
        }
        throw new AssertionError(said.toString());
    }
}
