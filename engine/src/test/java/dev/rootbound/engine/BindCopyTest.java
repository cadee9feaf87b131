package dev.rootbound.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.image.TarReader;
import dev.rootbound.rootfs.HostMounts.Access;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Copies through bind mounts have the container's rights there, and no more. */
@Tag("kernel")
@Timeout(60)
class BindCopyTest {
    private static final Caller CALLER = TestEngine.CALLER;
    private static final int OWN = (int) CALLER.uid();

    @AutoClose private final TestEngine test = TestEngine.open();
    private Path data = Path.of("/");

    @BeforeEach
    void ownDirectory() throws IOException {
        data = directory(test.top, "data", OWN, 0700);
    }

    @AfterEach
    void nothingStaysMounted() throws IOException {
        assertThat(test.run.resolve("staging")).isEmptyDirectory();
    }

    private static Path directory(Path in, String name, int owner, int mode) throws IOException {
        return given(Files.createDirectory(in.resolve(name)), owner, mode);
    }

    private static Path given(Path path, int owner, int mode) throws IOException {
        Files.setAttribute(path, "unix:mode", mode);
        Files.setAttribute(path, "unix:uid", owner);
        Files.setAttribute(path, "unix:gid", owner);
        return path;
    }

    private static TestSpec with(BindMount... binds) {
        var spec = TestSpec.of("sleep", "1000");
        spec.binds = List.of(binds);
        return spec;
    }

    private static BindMount at(Path source, String target, Access access) {
        return BindMount.of(source.toString(), target, access);
    }

    /** A file of that name, into a directory. */
    static void copy(TestEngine test, String id, String path) throws IOException {
        copy(test, CALLER, id, path);
    }

    private static void copy(TestEngine test, Caller caller, String id, String path)
            throws IOException {
        var directory = Files.createTempDirectory("rbt");
        var file = Files.writeString(directory.resolve("file"), "copied\n");
        var tar = new ProcessBuilder("tar", "-cC", directory.toString(), "file").start();
        var archive = new ByteArrayInputStream(tar.getInputStream().readAllBytes());
        Files.delete(file);
        Files.delete(directory);
        var how = new RootFiles.Copying(false, false);
        test.engine.files().copy(caller, id, path.getBytes(UTF_8), how, archive);
    }

    static List<String> members(TestEngine test, String id, String path) throws IOException {
        var names = new ArrayList<String>();
        var reader = archive(test, id, path);
        for (var entry = reader.next(); entry != null; entry = reader.next()) {
            names.add(entry.printableName());
        }
        return names;
    }

    private static TarReader archive(TestEngine test, String id, String path) throws IOException {
        var tar = new ByteArrayOutputStream();
        try (var found = test.engine.files().find(CALLER, id, path.getBytes(UTF_8))) {
            found.archive(tar);
        }
        return new TarReader(new ByteArrayInputStream(tar.toByteArray()));
    }

    @Test
    void whetherItRunsOrNotACopyGoesToTheHostAsTheContainersUser() throws Exception {
        var spec = with(at(data, "/d", Access.ALL));
        for (var id : List.of(test.create(spec), test.started(spec))) {
            copy(test, id, "/d");
            assertThat(data.resolve("file")).hasContent("copied\n");
            assertThat(Files.getAttribute(data.resolve("file"), "unix:uid")).isEqualTo(OWN);
            assertThat(members(test, id, "/d")).containsExactly("d/", "d/file");
            assertThat(members(test, id, "/d/.")).containsExactly("./", "./file");
            assertThat(members(test, id, "/etc/../d/file")).containsExactly("file");
            var entry = requireNonNull(archive(test, id, "/d/file").next());
            assertThat(entry.uid()).isZero();
            Files.delete(data.resolve("file"));
            assertThatThrownBy(() -> members(test, id, "/d/file"))
                    .isInstanceOf(EngineException.NotFound.class);
            assertThat(test.engine.files().changes(CALLER, id))
                    .extracting(RootFiles.Change::path)
                    .doesNotContain("/d/file");
        }
    }

    @Test
    void aSingleFileIsReadUnderTheNameThatTheContainerHasForIt() throws Exception {
        var file = given(Files.writeString(data.resolve("host.conf"), "conf"), OWN, 0600);
        var id = test.create(with(at(file, "/etc/box.conf", Access.ALL)));
        assertThat(members(test, id, "/etc/box.conf")).containsExactly("box.conf");
        assertThatThrownBy(() -> copy(test, id, "/etc/box.conf"))
                .hasMessageContaining("not a directory");
    }

    @Test
    void aSingleFileIsWrittenInPlaceAndOnlyAsTheContainerMay() throws Exception {
        var file = given(Files.writeString(data.resolve("host.conf"), "conf, longer"), OWN, 0600);
        var inode = Files.getAttribute(file, "unix:ino");
        var nested = directory(test.top, "nested", OWN, 0700);
        Files.createSymbolicLink(nested.resolve("link"), Path.of("."));
        var spec =
                with(
                        at(file, "/etc/file", Access.ALL),
                        at(nested, "/n", Access.ALL),
                        at(file, "/n/file", Access.ALL));
        for (var id : List.of(test.create(spec), test.started(spec))) {
            for (var directory : List.of("/etc", "/n", "/n/link/", "/bin/../etc")) {
                copy(test, id, directory);
                assertThat(file).hasContent("copied\n");
                Files.writeString(file, "conf, longer");
            }
        }
        assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
        assertThat(Files.getAttribute(file, "unix:mode")).isEqualTo(0100600);
        var readOnly = test.create(with(at(file, "/etc/file", Access.NOTHING)));
        assertThatThrownBy(() -> copy(test, readOnly, "/etc"))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("read-only");
        var roots = given(Files.writeString(data.resolve("roots"), "root's"), 0, 0666);
        var stranger = test.create(with(at(roots, "/etc/file", Access.ALL)));
        assertThatThrownBy(() -> copy(test, stranger, "/etc")).isInstanceOf(EngineException.class);
        assertThat(file).hasContent("conf, longer");
        assertThat(roots).hasContent("root's");
    }

    @Test
    void ofAContainerWithTheIdsOfTheHostACopyIsTheHostsRoots() throws Exception {
        var root = new Caller(new Tenant(0), 0, 0, List.of());
        var roots = directory(test.top, "roots", 0, 0700);
        given(Files.writeString(roots.resolve("file"), "old"), 0, 0600);
        var spec = with(at(roots, "/d", Access.ALL));
        spec.isolation = TestIsolation.mode(0, "host");
        var id = test.engine.create(root, null, spec.build()).id();
        try {
            copy(test, root, id, "/d");
            assertThat(roots.resolve("file")).hasContent("copied\n");
            assertThat(Files.getAttribute(roots.resolve("file"), "unix:uid")).isEqualTo(0);
            assertThat(test.root.resolve("audit/0.log")).content().contains("\"copy\"");
        } finally {
            test.engine.killAndDelete(root, id, false);
        }
    }

    @Test
    void whatTheContainerMayNotReadOrWriteNoCopyMay() throws Exception {
        var others = directory(test.top, "others", 0, 0755);
        given(Files.writeString(others.resolve("open"), "o"), 0, 0644);
        given(Files.writeString(others.resolve("closed"), "secret"), 0, 0600);
        directory(others, "writable", 0, 0777);
        var id = test.create(with(at(others, "/o", Access.ALL)));
        assertThat(members(test, id, "/o/open")).containsExactly("open");
        assertThatThrownBy(() -> members(test, id, "/o/closed")).hasMessageContaining("EACCES");
        assertThatThrownBy(() -> copy(test, id, "/o")).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> copy(test, id, "/o/writable")).isInstanceOf(EngineException.class);
        assertThat(others.resolve("writable")).isEmptyDirectory();
        assertThat(others.resolve("file")).doesNotExist();
        var readOnly = test.create(with(at(data, "/d", Access.NOTHING)));
        assertThatThrownBy(() -> copy(test, readOnly, "/d"))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("read-only");
    }

    @Test
    void linksOfTheHostLeadNowhereElse() throws Exception {
        var canary = directory(test.top, "canary", OWN, 0777);
        Files.writeString(canary.resolve("secret"), "s");
        Files.createSymbolicLink(data.resolve("out"), canary);
        Files.createSymbolicLink(data.resolve("up"), Path.of("../canary"));
        var id = test.create(with(at(data, "/d", Access.ALL)));
        for (var link : List.of("/d/out", "/d/up")) {
            assertThatThrownBy(() -> copy(test, id, link)).isInstanceOf(EngineException.class);
            assertThatThrownBy(() -> members(test, id, link + "/secret"))
                    .isInstanceOf(EngineException.NotFound.class);
        }
        assertThat(canary.toFile().list()).containsExactly("secret");
    }
}
