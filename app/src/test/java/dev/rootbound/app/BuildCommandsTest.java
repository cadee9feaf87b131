package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.image.TarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** build, builder and buildx. */
@Timeout(20)
class BuildCommandsTest extends EngineOfTest {
    private static final String ID = "sha256:" + "ab".repeat(32);
    private static final String BUILT = "{\"aux\":{\"ID\":\"" + ID + "\"}}\n";
    private Path context;

    @BeforeEach
    void context() throws IOException {
        context = Files.createDirectory(directory.resolve("context"));
        Files.writeString(context.resolve("Dockerfile"), "FROM a\nCOPY . /\n");
        Files.writeString(context.resolve("file"), "content");
        engine.on("POST /build", 200, BUILT);
    }

    private Run build(String... words) {
        return input("", words);
    }

    private Run input(String input, String... words) {
        var line = new java.util.ArrayList<>(java.util.List.of("build"));
        line.addAll(java.util.List.of(words));
        return Run.withInput(engine, input.getBytes(UTF_8), line.toArray(String[]::new));
    }

    private String asked() {
        return URLDecoder.decode(engine.requests.getFirst(), UTF_8);
    }

    /** Contents of the tar that was sent, by name. */
    private Map<String, String> sent() throws IOException {
        return unpacked(engine.bodies.getFirst());
    }

    private static Map<String, String> unpacked(String tar) throws IOException {
        var files = new LinkedHashMap<String, String>();
        try (var reader = new TarReader(new ByteArrayInputStream(tar.getBytes(UTF_8)))) {
            for (var entry = reader.next(); entry != null; entry = reader.next()) {
                var content = new byte[(int) entry.size()];
                if (content.length > 0)
                    assertThat(reader.read(content, 0, content.length)).isPositive();
                files.put(new String(entry.name(), UTF_8), new String(content, UTF_8));
            }
        }
        return files;
    }

    @Test
    void aDirectoryIsSentWithWhatWasAsked() throws IOException {
        var run =
                build(
                        "-q",
                        "-t",
                        "a",
                        "-t",
                        "b:1",
                        "--build-arg",
                        "A=1",
                        "--build-arg",
                        "OWN",
                        "--build-arg",
                        "NONE",
                        "--label",
                        "l",
                        "--target",
                        "t",
                        "--no-cache",
                        "-m",
                        "1m",
                        "--add-host",
                        "h=1.2.3.4",
                        "--ulimit",
                        "nofile=5",
                        context.toString());
        assertThat(run.out()).isEqualTo(ID + "\n");
        assertThat(run.err()).isEmpty();
        assertThat(asked())
                .contains("t=a&t=b:1&dockerfile=Dockerfile&")
                .contains("buildargs={\"A\":\"1\",\"OWN\":\"mine\",\"NONE\":null}")
                .contains("labels={\"l\":\"\"}", "target=t", "nocache=1", "memory=1048576")
                .contains("extrahosts=h:1.2.3.4", "\"Name\":\"nofile\"")
                .doesNotContain("pull", "secrets");
        assertThat(sent()).containsOnlyKeys("Dockerfile", "file").containsEntry("file", "content");
    }

    @Test
    void whatIsIgnoredIsNotSentButWhatTheEngineReads() throws IOException {
        Files.writeString(context.resolve(".dockerignore"), "*\n!keep");
        Files.writeString(context.resolve("keep"), "");
        build("-q", context.toString());
        assertThat(sent()).containsOnlyKeys(".dockerignore", "Dockerfile", "keep");
    }

    @Test
    void theDockerfilesOwnIgnoreFileWins() throws IOException {
        Files.createDirectory(context.resolve("sub"));
        Files.writeString(context.resolve("sub/D"), "FROM a\n");
        Files.writeString(context.resolve("sub/D.dockerignore"), "file\nsub\n");
        Files.writeString(context.resolve(".dockerignore"), "Dockerfile");
        build("-q", "-f", context + "/sub/D", context.toString());
        assertThat(asked()).contains("dockerfile=sub/D");
        assertThat(sent())
                .containsOnlyKeys(
                        ".dockerignore", "Dockerfile", "sub/", "sub/D", "sub/D.dockerignore");
    }

    @Test
    void aDockerfileFromElsewhereIsSentUnderANameOfItsOwn() throws IOException {
        Files.writeString(context.resolve(".dockerignore"), "file\n");
        input("FROM b\n", "-q", "-f", "-", context.toString());
        var files = sent();
        var name = files.keySet().iterator().next();
        assertThat(files).hasSize(4).containsKeys("Dockerfile", ".dockerignore");
        var dockerfile =
                files.keySet().stream()
                        .filter(each -> each.matches("\\.dockerfile\\.[0-9a-f-]+"))
                        .findFirst()
                        .orElseThrow();
        assertThat(name).startsWith(".dockerfile.");
        assertThat(asked()).contains("dockerfile=" + dockerfile + "&");
        assertThat(files)
                .containsEntry(dockerfile, "FROM b\n")
                .containsEntry(
                        dockerfile + ".dockerignore",
                        "file\n\n" + dockerfile + "\n" + dockerfile + ".dockerignore\n");
    }

    @Test
    void aDockerfileOnStandardInputHasNoFiles() throws IOException {
        input("FROM scratch\n", "-q", "-");
        assertThat(sent()).hasSize(2).containsValue("FROM scratch\n");
    }

    @Test
    void aTarOnStandardInputIsPassedOn() throws IOException {
        build("-q", context.toString());
        var tar = engine.bodies.getFirst();
        input(tar, "-q", "-f", "./sub/D", "-");
        assertThat(engine.requests.getLast()).contains("dockerfile=sub/D");
        assertThat(engine.bodies.getLast()).isEqualTo(tar);
        assertThat(build("-q", "-").err()).contains("the context from stdin is empty");
        assertThat(build("-f", "-", "-").err())
                .contains("can't use stdin for both build context and dockerfile");
    }

    @Test
    void aUrlIsFetched() throws IOException {
        try (var server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(server));
            var url = "http://127.0.0.1:" + server.getLocalPort();
            assertThat(build("-q", url + "/D").code()).isZero();
            assertThat(sent()).containsValue("FROM scratch\n");
            assertThat(build("-q", url + "/E").err()).contains("the server answers 404");
        }
    }

    /** A Dockerfile at /D. */
    private static void serve(ServerSocket server) {
        try {
            while (true) {
                try (var socket = server.accept()) {
                    var in = socket.getInputStream();
                    var status = Connection.line(in, 9999).contains(" /D ") ? "200 OK" : "404 No";
                    while (!Connection.line(in, 9999).isEmpty()) {}
                    socket.getOutputStream()
                            .write(
                                    ("HTTP/1.1 "
                                                    + status
                                                    + "\r\nConnection: close\r\n"
                                                    + "Content-Length: 13\r\n\r\nFROM scratch\n")
                                            .getBytes(UTF_8));
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Test
    void secretsComeBeforeTheContextAndNowhereElse() throws IOException {
        Files.writeString(directory.resolve("secret"), "hidden");
        build(
                "-q",
                "--secret",
                "id=a,src=" + directory.resolve("secret"),
                "--secret",
                "id=b,env=OWN",
                "--secret",
                "id=OWN",
                context.toString());
        var json = "{\"a\":\"aGlkZGVu\",\"b\":\"bWluZQ==\",\"OWN\":\"bWluZQ==\"}";
        assertThat(asked()).contains("secrets=" + json.length()).doesNotContain("hidden", "aGlk");
        assertThat(engine.bodies.getFirst()).startsWith(json);
        assertThat(unpacked(engine.bodies.getFirst().substring(json.length())))
                .containsKey("Dockerfile");
        assertThat(build("--secret", "id=a,src=/nosuch", context.toString()).err())
                .contains("secret a: open /nosuch: no such file or directory");
        assertThat(build("--secret", "id=a,env=NOSUCH", context.toString()).err())
                .contains("there is no NOSUCH in the environment");
        Files.write(directory.resolve("large"), new byte[(500 << 10) + 1]);
        assertThat(build("--secret", "id=a,src=" + directory + "/large", context.toString()).err())
                .contains("at most 500 KiB");
    }

    @Test
    void aFailureIsToldAndLeavesNoIdFile() throws IOException {
        var file = directory.resolve("id");
        Files.writeString(file, "old");
        engine.on(
                "POST /build",
                200,
                "{\"stream\":\"Step 1/1 : RUN x\"}\n{\"error\":\"returned a non-zero code: 3\"}\n");
        var run = build("--iidfile", file.toString(), context.toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains("#2 [1/1] RUN x\n", "rootbound: returned a non-zero code: 3\n");
        assertThat(file).doesNotExist();
        engine.on("POST /build", 200, BUILT);
        assertThat(build("--iidfile", file.toString(), context.toString()).code()).isZero();
        assertThat(file).hasContent(ID);
    }

    @Test
    void messagesCanBePassedOn() {
        assertThat(build("--progress", "rawjson", context.toString()).err()).isEqualTo(BUILT);
        assertThat(build("--progress", "plain", "-q", context.toString()).err())
                .contains("progress=plain and quiet cannot be used together");
    }

    @Test
    void aMistakeInTheDockerfileIsToldBeforeAnythingIsSent() {
        var run = input("FROM a\nRUM x\n", "-");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("stdin:2:1: unknown instruction: RUM");
        assertThat(engine.requests).isEmpty();
    }

    @Test
    void checksAreMadeWithoutABuildAndAtItsEnd() {
        var file = "FROM a AS B\nCMD echo x\n";
        var check = input(file, "--check", "-");
        assertThat(check.code()).isEqualTo(1);
        assertThat(check.out())
                .startsWith("Check complete, 2 warnings have been found!\n")
                .contains("WARNING: JSONArgsRecommended - https://docs.docker.com/go/")
                .contains("stdin:2\n--------------------\n   1 |     FROM a AS B\n")
                .contains("   2 | >>> CMD echo x\n");
        assertThat(engine.requests).isEmpty();
        assertThat(input("FROM a\n", "--call=check", "-").out())
                .isEqualTo("Check complete, no warnings found.\n");
        assertThat(input(file, "-").err())
                .contains("\n 2 warnings found (--check shows more):\n - StageNameCasing: ");
        var error = input("# check=error=true\n" + file, "-");
        assertThat(error.code()).isEqualTo(1);
        assertThat(error.err()).contains("lint violation found for rules: StageNameCasing, JSON");
    }

    @Test
    void targetsAreListed() {
        assertThat(input("# one builds it\nFROM a AS one\nFROM one\n", "--call=targets", "-").out())
                .isEqualTo(
                        """
                        TARGET      DESCRIPTION
                        one         builds it
                        (default)   \n\
                        """);
    }

    @Test
    void theResultIsWrittenWhereItIsAsked() throws IOException {
        build("-q", context.toString());
        var tar = engine.bodies.getFirst();
        engine.on("GET /images/json", 200, "[]")
                .on("POST /containers/create", 201, "{\"Id\":\"c\"}")
                .on("GET /containers/c/export", 200, tar)
                .on("DELETE /containers/c", 204, "")
                .on("GET /images/" + ID + "/get", 200, "an archive");
        var out = directory.resolve("out");
        assertThat(build("-q", "-o", out.toString(), context.toString()).code()).isZero();
        assertThat(out.resolve("file")).hasContent("content");
        assertThat(engine.requests).contains("DELETE /containers/c?v=1");
        var file = directory.resolve("out.tar");
        build("-q", "-o", "type=tar,dest=" + file, context.toString());
        assertThat(file).hasContent(tar);
        build("-q", "-o", "type=oci,dest=" + file, context.toString());
        assertThat(file).hasContent("an archive");
    }

    @Test
    void eachTagIsPushed() {
        engine.on("POST /images/h:5000/a/push", 200, "").on("POST /images/b/push", 200, "");
        build("-q", "--push", "-t", "h:5000/a:1", "-t", "b", context.toString());
        assertThat(engine.requests)
                .contains("POST /images/h:5000/a/push?tag=1", "POST /images/b/push?tag=latest");
        assertThat(build("--push", context.toString()).err()).contains("tag is needed");
    }

    @Test
    void whatIsNotThereIsRefusedBeforeAnythingIsSent() {
        for (var option :
                new String[] {
                    "--provenance=true",
                    "--sbom=true",
                    "--allow=security.insecure",
                    "--cache-to=type=inline",
                    "--cache-to=type=local",
                    "--cache-to=type=local,dest=x,mode=most",
                    "--cache-to=type=registry,ref=X",
                    "--cache-from=type=gha",
                    "--cache-from=type=local,src=x,tag=y",
                    "--builder=x",
                    "--output=type=x",
                    "--call=x",
                    "--progress=x",
                    "--platform=linux/amd64,linux/arm64"
                }) assertThat(build(option, context.toString()).code()).as(option).isNotZero();
        assertThat(build("/nosuch").err()).contains("path \"/nosuch\" not found");
        assertThat(build("-f", "/nosuch", context.toString()).err())
                .contains("open /nosuch: no such file or directory");
        assertThat(engine.requests).isEmpty();
        assertThat(build("-q", "--provenance=false", "--sbom=false", context.toString()).code())
                .isZero();
    }

    @Test
    void theCacheIsShownAndPruned() {
        engine.on(
                        "GET /system/df",
                        200,
                        "{\"BuildCache\":[{\"ID\":\""
                                + "ab".repeat(32)
                                + "\",\"Size\":2000,"
                                + "\"LastUsedAt\":\"2027-01-15T07:00:00Z\",\"Shared\":true},"
                                + "{\"ID\":\"cd\",\"Size\":1000,\"InUse\":true}]}")
                .on(
                        "POST /build/prune",
                        200,
                        "{\"CachesDeleted\":[\"ab\"],\"SpaceReclaimed\":2000}");
        assertThat(Run.of(engine, "buildx", "du").out())
                .contains("abababababababababababab", "2kB*", "About an hour ago")
                .endsWith("Reclaimable:\t2kB\nTotal:\t\t3kB\n");
        assertThat(Run.of(engine, "builder", "prune", "-a", "-f", "--filter", "until=1h").out())
                .isEqualTo("Deleted build cache objects:\nab\n\nTotal reclaimed space: 2kB\n");
        assertThat(engine.requests.getLast()).contains("all=1", "until");
    }

    @Test
    void aPruneOfAllIsOfTheCacheTooButNotByLabels() {
        for (String kind : new String[] {"containers", "images", "build"})
            engine.on("POST /" + kind + "/prune", 200, "{\"SpaceReclaimed\":1000}");
        engine.on("POST /networks/prune", 200, "{}");
        assertThat(Run.of(engine, "system", "prune", "-f").out())
                .isEqualTo("Total reclaimed space: 3kB\n");
        assertThat(Run.of(engine, "system", "prune", "-f", "--filter", "label=a").out())
                .isEqualTo("Total reclaimed space: 2kB\n");
        assertThat(Run.of(engine, "system", "prune").out()).contains("  - unused build cache\n");
    }

    @Test
    void thereIsOneBuilder() {
        engine.on("GET /version", 200, "{\"Os\":\"linux\",\"Arch\":\"amd64\"}");
        assertThat(Run.of(engine, "buildx", "ls").out()).contains("default*", "linux/amd64");
        assertThat(Run.of(engine, "buildx", "inspect").out()).contains("Driver: docker");
        assertThat(Run.of(engine, "buildx", "inspect", "x").code()).isEqualTo(1);
        assertThat(Run.of(engine, "buildx", "version").out()).contains(Version.TEXT);
        for (var words : new String[] {"build", "image build", "builder build", "buildx b"}) {
            var line = words + " --help";
            assertThat(Run.of(engine, line.split(" ")).out())
                    .startsWith("Usage:  rootbound build [OPTIONS] PATH | URL | -");
        }
    }
}
