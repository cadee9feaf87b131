package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Named and anonymous volumes. */
@SystemTest
class VolumesTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();

    @BeforeAll
    static void load(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    /** A volume's name that nobody has. */
    private static String fresh(Cli cli) {
        var name = Cli.fresh();
        assertThat(cli.run("volume", "create", name).ok().out()).isEqualTo(name);
        return name;
    }

    private static String shell(Cli cli, String volume, String user, String script) {
        return cli.run(
                        "run",
                        "--rm",
                        "-v",
                        volume + ":/data",
                        "-u",
                        user,
                        IMAGE,
                        "sh",
                        "-c",
                        script)
                .ok()
                .out();
    }

    @Behaviour
    void aVolumeWrittenByOneContainerIsReadableByTheNextAsTheModesSay(Cli cli) {
        var volume = fresh(cli);
        shell(
                cli,
                volume,
                "0",
                "echo hello > /data/open; echo x > /data/closed; chmod 600 /data/closed");
        shell(cli, volume, "0", "mkdir /data/own; chown 500:500 /data/own");
        assertThat(
                        shell(
                                cli,
                                volume,
                                "500",
                                "cat /data/open; cat /data/closed 2>&1; touch /data/own/y"))
                .contains("hello")
                .contains("Permission denied");
        assertThat(shell(cli, volume, "0", "stat -c %u:%g /data/own/y")).startsWith("500:");
        cli.run("volume", "rm", volume).ok();
    }

    @Behaviour
    void aVolumeInUseIsNotRemoved(Cli cli) {
        var volume = fresh(cli);
        var container = cli.detached("-v", volume + ":/data", IMAGE, "sleep", "9999");
        assertThat(cli.run("volume", "rm", volume).ended(1).err()).contains("volume is in use");
        assertThat(cli.run("ps", "-q", "--filter", "volume=" + volume).ok().out()).isNotEmpty();
        var mount = cli.inspect(container).at("/Mounts/0");
        assertThat(mount.get("Name").asString()).isEqualTo(volume);
        assertThat(mount.get("Destination").asString()).isEqualTo("/data");
        cli.run("rm", "-f", container).ok();
        cli.run("volume", "rm", volume).ok();
        assertThat(cli.run("volume", "inspect", volume).ended(1).err()).contains("no such volume");
    }

    @Behaviour
    void anAnonymousVolumeGoesWithItsContainer(Cli cli) {
        var made = cli.detached("-v", "/data", IMAGE, "sleep", "9999");
        var volume = cli.inspect(made).at("/Mounts/0/Name").asString();
        assertThat(volume).matches("[0-9a-f]{64}");
        var other =
                cli.detached(
                        "--volumes-from", made, IMAGE, "sh", "-c", "echo x > /data/x; sleep 9999");
        cli.run("rm", "-f", "-v", made).ok();
        cli.run("volume", "inspect", volume).ok();
        cli.run("rm", "-f", "-v", other).ok();
    }

    @Behaviour
    void copiesGoToWhereTheVolumeIs(Cli cli, @TempDir Path directory) throws Exception {
        var volume = fresh(cli);
        var container = cli.detached("-v", volume + ":/data", IMAGE, "sleep", "9999");
        var file = Files.writeString(directory.resolve("file"), "copied");
        cli.run("cp", file.toString(), container + ":/data/in").ok();
        assertThat(cli.run("exec", container, "cat", "/data/in").ok().out()).isEqualTo("copied");
        cli.run("exec", container, "sh", "-c", "mkdir /data/d; echo deep > /data/d/out").ok();
        cli.run("rm", "-f", container).ok();
        var next = cli.run("create", "-v", volume + ":/data:ro", IMAGE, "true").ok().out();
        cli.run("cp", next + ":/data", directory.resolve("all").toString()).ok();
        assertThat(directory.resolve("all/d/out")).hasContent("deep");
        assertThat(cli.run("cp", file.toString(), next + ":/data/in").code()).isNotZero();
        cli.run("rm", next).ok();
        cli.run("volume", "rm", volume).ok();
    }

    @Behaviour
    void aVolumeInMemoryIsSharedByThoseWhoRun(Cli cli) {
        var volume = Cli.fresh();
        var made =
                cli.run(
                        "volume",
                        "create",
                        "-o",
                        "type=tmpfs",
                        "-o",
                        "device=tmpfs",
                        "-o",
                        "o=size=1m,mode=0750",
                        "--label",
                        "a=b",
                        volume);
        assertThat(made.ok().out()).isEqualTo(volume);
        assertThat(cli.run("volume", "inspect", volume).ok().out())
                .contains("\"o\": \"size=1m,mode=0750\"", "\"a\": \"b\"");
        var holder = cli.detached("-v", volume + ":/data", IMAGE, "sleep", "9999");
        cli.run("exec", holder, "sh", "-c", "echo here > /data/x").ok();
        assertThat(shell(cli, volume, "0", "cat /data/x; stat -c %a /data")).isEqualTo("here\n750");
        cli.run("rm", "-f", holder).ok();
        assertThat(shell(cli, volume, "0", "ls /data")).isEmpty();
        cli.run("volume", "rm", volume).ok();
        assertThat(cli.run("volume", "create", "-o", "color=red", volume).err())
                .contains("invalid option: \"color\"");
    }

    @Behaviour
    void aVolumeCanBeADirectoryOfTheHostOrAPartOfAnother(Cli cli, @TempDir Path directory)
            throws Exception {
        for (var id : List.of("unix:uid", "unix:gid")) Files.setAttribute(directory, id, 54321);
        var volume = Cli.fresh();
        var mount =
                "type=volume,source="
                        + volume
                        + ",target=/data,volume-opt=type=none,volume-opt=o=bind,volume-opt=device="
                        + directory;
        cli.run("run", "--rm", "--mount", mount, IMAGE, "mkdir", "-p", "/data/in/part").ok();
        assertThat(directory.resolve("in/part")).isDirectory();
        cli.run("volume", "rm", volume).ok();
        assertThat(directory.resolve("in/part")).isDirectory();
        volume = fresh(cli);
        shell(cli, volume, "0", "mkdir /data/part; echo part > /data/part/x; echo y > /data/y");
        var part = "type=volume,source=" + volume + ",target=/p,volume-subpath=part";
        var seen = cli.run("run", "--rm", "--mount", part, IMAGE, "sh", "-c", "ls /p; cat /p/x");
        assertThat(seen.ok().out()).isEqualTo("x\npart");
        cli.run("volume", "rm", volume).ok();
    }

    @Promise
    void nothingIsMountedForAUserButHisOwn(Cli cli) {
        var nfs =
                cli.run(
                        "volume",
                        "create",
                        "-o",
                        "type=nfs",
                        "-o",
                        "device=:/x",
                        "-o",
                        "o=addr=127.0.0.1",
                        Cli.fresh());
        assertThat(nfs.code()).isNotZero();
        assertThat(nfs.err()).contains("mounts no device and no server");
    }

    @Promise
    void aVolumesFilesBelongToNobodyOfTheHost(Cli cli) throws Exception {
        var volume = fresh(cli);
        shell(
                cli,
                volume,
                "0",
                "touch /data/x; chown 33:33 /data/x; cp /bin/busybox /data/b; chmod 6755 /data/b");
        var path =
                Path.of(
                        new tools.jackson.databind.json.JsonMapper()
                                .readTree(cli.run("volume", "inspect", volume).ok().stdout())
                                .at("/0/Mountpoint")
                                .asString());
        var owner = (Integer) Files.getAttribute(path.resolve("x"), "unix:uid");
        assertThat(owner - 2147352576L).isEqualTo(33);
        var asNobody =
                Shell.run(
                        "setpriv",
                        "--reuid=65534",
                        "--regid=65534",
                        "--clear-groups",
                        "sh",
                        "-c",
                        path + "/b id");
        assertThat(asNobody.code()).isNotZero();
        assertThat(asNobody.err()).contains("Permission denied");
        cli.run("volume", "rm", volume).ok();
    }
}
