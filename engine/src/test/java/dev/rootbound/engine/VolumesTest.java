package dev.rootbound.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.Tenant;
import dev.rootbound.image.TarReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kernel")
@Timeout(60)
class VolumesTest {
    private static final Caller CALLER = TestEngine.CALLER;
    private static final Volumes.Making PLAIN = Volumes.Making.PLAIN;
    private static final Caller OTHER = new Caller(new Tenant(54322), 54322, 54322, List.of());

    @AutoClose private final TestEngine test = TestEngine.open();

    private static TestSpec with(String script, VolumeMount... volumes) {
        var spec = TestSpec.shell(script);
        spec.volumes = List.of(volumes);
        return spec;
    }

    private static VolumeMount data(String target) {
        return VolumeMount.named("data", target, false, false);
    }

    private List<String> names() {
        return test.engine.volumes().list(CALLER).stream().map(Volume::name).toList();
    }

    @Test
    void whatOneContainerWritesTheNextHasUnderItsOwnIds() throws Exception {
        test.run(with("echo hello > /d/x; chown 7:8 /d/x; chmod 4755 /d/x", data("/d")));
        var seen =
                test.run(
                        with(
                                "cat /e/x; stat -c '%u:%g %a' /e/x; cat /proc/self/mountinfo",
                                data("/e")));
        assertThat(seen).startsWith("hello\n7:8 4755\n");
        assertThat(seen.lines().filter(line -> line.contains(" /e ")).findFirst())
                .hasValueSatisfying(
                        line -> assertThat(line).contains("nosuid", "nodev", "idmapped"));
        var volume = test.engine.volumes().find(CALLER, "data");
        var owner = (Integer) Files.getAttribute(volume.path().resolve("x"), "unix:uid");
        assertThat(Integer.toUnsignedLong(owner)).isEqualTo(IdRange.FOREIGN.first() + 7);
    }

    @Test
    void aReadOnlyVolumeIsNotWritten() throws Exception {
        var mount = VolumeMount.named("data", "/d", true, false);
        assertThat(
                        test.run(
                                with(
                                        "touch /d/x 2>&1; mount -o remount,rw /d 2>&1; touch /d/x; ls /d",
                                        mount)))
                .contains("Read-only file system")
                .doesNotEndWith("x\n");
    }

    @Test
    void anEmptyVolumeGetsWhatTheImageHasThere() throws Exception {
        assertThat(test.run(with("ls -ld /etc; ls /etc", data("/etc"))))
                .contains("passwd", "group");
        test.run(with("rm /d/group", data("/d")));
        assertThat(test.run(with("ls /etc", data("/etc"))))
                .contains("passwd")
                .doesNotContain("group");
        var plain = VolumeMount.named("plain", "/etc", false, true);
        assertThat(test.run(with("ls -A /etc", plain))).doesNotContain("passwd");
        assertThatThrownBy(() ->
                        test.create(
                                with("true", VolumeMount.named("ff", "/etc/passwd", false, false))))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("not a directory");
        assertThat(names()).containsExactly("data", "plain");
    }

    @Test
    void aVolumeInUseStaysAndOneThatIsNotGoes() throws Exception {
        var id = test.create(with("true", data("/d")));
        assertThat(test.engine.volumes().users(CALLER)).isEqualTo(Map.of("data", List.of(id)));
        assertThatThrownBy(() -> test.engine.volumes().remove(CALLER, "data", true))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessageContaining("volume is in use - [" + id);
        assertThat(test.engine.volumes().prune(CALLER, _ -> true).names()).isEmpty();
        test.engine.delete(CALLER, id, true);
        var path = test.engine.volumes().find(CALLER, "data").path();
        test.engine.volumes().remove(CALLER, "data", false);
        assertThat(path).doesNotExist();
        assertThatThrownBy(() -> test.engine.volumes().remove(CALLER, "data", false))
                .isInstanceOf(EngineException.NotFound.class);
        test.engine.volumes().remove(CALLER, "data", true);
    }

    @Test
    void anAnonymousVolumeGoesWithItsContainerIfThatIsAsked() throws Exception {
        test.run(with("touch /d/x", VolumeMount.anonymous("/d")).removed());
        for (int i = 0; i < 100 && !names().isEmpty(); i++) Thread.sleep(20);
        assertThat(names()).isEmpty();

        var id = test.create(with("true", VolumeMount.anonymous("/d")));
        test.engine.delete(CALLER, id, true);
        assertThat(names()).isEmpty();
        test.engine.delete(CALLER, test.create(with("true", VolumeMount.anonymous("/d"))), false);
        assertThat(names()).hasSize(1);
        test.reopen();
        assertThat(names()).hasSize(1);
        assertThat(test.engine.volumes().prune(CALLER, Volume::anonymous).names()).hasSize(1);
    }

    @Test
    void anothersVolumesComeWithVolumesFrom() throws Exception {
        var id = test.create(with("true", VolumeMount.anonymous("/d"), data("/e")));
        var spec = TestSpec.shell("touch /d/x 2>&1; ls /d /e");
        spec.volumesFrom = List.of(id + ":ro");
        assertThat(test.run(spec)).contains("Read-only");
        test.engine.delete(CALLER, id, true);
        assertThat(names()).hasSize(2); // the other container still has them
    }

    @Test
    void anotherTenantsVolumesAreNotThere() throws Exception {
        test.engine.volumes().create(CALLER, "data", PLAIN);
        assertThat(test.engine.volumes().list(OTHER)).isEmpty();
        assertThatThrownBy(() -> test.engine.volumes().find(OTHER, "data"))
                .isInstanceOf(EngineException.NotFound.class);
        var own = test.engine.volumes().create(OTHER, "data", PLAIN);
        assertThat(own.path()).isNotEqualTo(test.engine.volumes().find(CALLER, "data").path());
        test.engine.volumes().remove(OTHER, "data", false);
    }

    @Test
    void badNamesAndPlacesAreRefused() {
        for (var name : List.of("../x", "a/b", "x", "-a", "a b", "a".repeat(256))) {
            assertThatThrownBy(() -> test.engine.volumes().create(CALLER, name, PLAIN))
                    .as(name)
                    .isInstanceOf(EngineException.Invalid.class);
            assertThatThrownBy(() ->
                            test.create(with("true", VolumeMount.named(name, "/d", false, false))))
                    .as(name)
                    .isInstanceOf(EngineException.Invalid.class);
        }
        for (var target :
                List.of(
                        "/",
                        "d",
                        "/proc/x",
                        "/sys",
                        "/a/../b",
                        "//",
                        "/./proc",
                        "//proc",
                        "/./sys/x",
                        "/.")) {
            assertThatThrownBy(() -> test.create(with("true", data(target))))
                    .as(target)
                    .isInstanceOf(EngineException.Invalid.class);
        }
        assertThatThrownBy(() -> test.create(with("true", data("/d"), data("/d/"))))
                .hasMessageContaining("Duplicate mount point: /d/");
        assertThat(names()).isEmpty();
    }

    @Test
    void aCopyGoesToWhereTheVolumeIs() throws Exception {
        var id = test.create(with("cat /d/deep/file", data("/d")));
        test.run(with("mkdir /x/deep", data("/x")));
        copy(id, "/d/deep");
        var client = test.attach(id, false);
        test.start(id);
        assertThat(client.end().out()).isEqualTo("copied\n");
        assertThat(members(id, "/d")).contains("d/", "d/deep/", "d/deep/file");
        assertThat(members(id, "/d/.")).contains("./", "./deep/", "./deep/file");
        assertThat(members(id, "/d/deep/file")).containsExactly("file");
        assertThat(members(id, "/etc/../d/deep")).contains("deep/file");
    }

    /** A file of that name, into a directory. */
    private void copy(String id, String path) throws IOException {
        test.engine
                .files()
                .copy(
                        CALLER,
                        id,
                        path.getBytes(UTF_8),
                        new RootFiles.Copying(false, false),
                        new ByteArrayInputStream(tar("file", "copied\n")));
    }

    private List<String> members(String id, String path) throws IOException {
        var tar = new ByteArrayOutputStream();
        try (var found = test.engine.files().find(CALLER, id, path.getBytes(UTF_8))) {
            found.archive(tar);
        }
        var names = new ArrayList<String>();
        var reader = new TarReader(new ByteArrayInputStream(tar.toByteArray()));
        for (var entry = reader.next(); entry != null; entry = reader.next()) {
            names.add(entry.printableName());
        }
        return names;
    }

    private static byte[] tar(String name, String text) throws IOException {
        var directory = Files.createTempDirectory("rbt");
        try {
            Files.writeString(directory.resolve(name), text);
            var tar = new ProcessBuilder("tar", "-cC", directory.toString(), name).start();
            return tar.getInputStream().readAllBytes();
        } finally {
            Files.delete(directory.resolve(name));
            Files.delete(directory);
        }
    }

    @Test
    void aContainerKeepsItsVolumeAcrossEngines() throws Exception {
        var id = test.started(with("echo before > /d/x; sleep 1000", data("/d")));
        var written = test.engine.volumes().find(CALLER, "data").path().resolve("x");
        for (int tries = 0;
                tries < 1000 && (!Files.exists(written) || Files.size(written) == 0);
                tries++) {
            Thread.sleep(10);
        }
        test.reopen();
        assertThatThrownBy(() -> test.engine.volumes().remove(CALLER, "data", false))
                .isInstanceOf(EngineException.Conflict.class);
        test.engine.kill(CALLER, id, "KILL");
        test.waitFor(id);
        assertThat(test.run(with("cat /d/x", data("/d")))).isEqualTo("before\n");
    }

    @Test
    void filesThatOthersMayUseAreNotReplacedByTheImages() throws Exception {
        var id = test.started(with("sleep 1000", data("/empty")));
        test.create(with("true", data("/etc"))); // it runs there: the image's files stay away
        var path = test.engine.volumes().find(CALLER, "data").path();
        assertThat(path).isEmptyDirectory();
        test.engine.killAndDelete(CALLER, id, false);
        test.create(with("true", data("/etc")));
        assertThat(path.resolve("passwd")).exists();
        try (var trees = Files.list(path.getParent())) {
            assertThat(trees).containsExactly(path);
        }
    }

    @Test
    void anothersEmptyVolumeStaysEmpty() throws Exception {
        var other = test.create(with("true", VolumeMount.named("data", "/etc", false, true)));
        var spec = TestSpec.shell("true");
        spec.volumesFrom = List.of(other);
        test.create(spec);
        assertThat(test.engine.volumes().find(CALLER, "data").path()).isEmptyDirectory();
    }

    @Test
    void aVolumeThatAnotherContainerHasOutlivesItsOwn() throws Exception {
        var own = test.started(with("sleep 1000", VolumeMount.anonymous("/d")).removed());
        var name = names().getFirst();
        var spec = TestSpec.shell("sleep 1000");
        spec.volumesFrom = List.of(own);
        var other = test.started(spec);
        test.engine.killAndDelete(CALLER, own, true);
        test.reopen();
        assertThat(test.engine.volumes().find(CALLER, name).path()).exists();
        test.engine.killAndDelete(CALLER, other, false);
        test.reopen();
        assertThat(names()).containsExactly(name); // nobody asked for its removal
    }

    @Test
    void oneThatEndsWhileThereIsNoEngineTakesNoVolumeFromAnother() throws Exception {
        var own = test.started(with("sleep 0.5", VolumeMount.anonymous("/d")).removed());
        var name = names().getFirst();
        var spec = TestSpec.shell("sleep 1000");
        spec.volumesFrom = List.of(own);
        test.started(spec);
        test.engine.close();
        test.awaitEndOf(own);
        test.reopen();
        for (int i = 0; i < 100 && test.engine.list(CALLER).size() > 1; i++) Thread.sleep(20);
        assertThat(test.engine.volumes().find(CALLER, name).path()).exists();
    }

    /** The volumes are recovered while the ends of their containers are told. */
    @Test
    void anEngineThatStartsWhileContainersEndDoesNotWaitForThem() throws Exception {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 3; i++) {
                test.started(with("sleep 0.4", VolumeMount.anonymous("/d"), data("/e")));
            }
            Thread.sleep(100L * round);
            test.reopen();
            for (var container : test.engine.list(CALLER)) test.waitFor(container.id());
        }
    }

    @Test
    void ofADamagedRecordTheFilesStayWhateverStarts() throws Exception {
        var volume = test.engine.volumes().create(CALLER, "data", PLAIN);
        var record = test.root.resolve("volumes").resolve(volume.tree() + ".json");
        Files.writeString(record, "{");
        for (int i = 0; i < 3; i++) {
            test.reopen();
            assertThat(names()).isEmpty();
            assertThat(volume.path()).exists();
        }
    }

    @Test
    void aCopyThroughALinkGoesToWhereTheVolumeIs() throws Exception {
        var id = test.started(with("cat /link/file || ln -s /run /link", data("/run")));
        assertThat(test.waitFor(id)).isZero();
        copy(id, "/link");
        assertThat(members(id, "/link/file")).containsExactly("file");
        assertThat(members(id, "/link")).containsExactly("link");
        assertThat(members(id, "/link/")).containsExactly("link/", "link/file");
        var client = test.attach(id, false);
        test.start(id);
        assertThat(client.end().out()).isEqualTo("copied\n");
    }

    @Test
    void whatIsLeftOfACrashIsRemoved() throws Exception {
        var volume = test.engine.volumes().create(CALLER, "data", PLAIN);
        Path stray = volume.path().resolveSibling("stray");
        Files.createDirectory(stray);
        test.reopen();
        assertThat(stray).doesNotExist();
        assertThat(volume.path()).exists();
        assertThat(names()).containsExactly("data");
    }
}
