package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;

/** What dpkg and the programs it installs do to a file system, in a Debian image. */
@SystemTest
class DebianTest {
    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.DEBIAN);
    }

    @Behaviour
    void programsGiveFilesToOtherUsers(Cli cli) {
        assertThat(
                        bash(
                                cli,
                                "touch /f; chown 33:50 /f; chmod 2751 /f; stat -c '%U:%G %a' /f; chown -R games:games /usr/share/doc; stat -c %U /usr/share/doc"))
                .isEqualTo("www-data:staff 2751\ngames");
    }

    @Behaviour
    void programsBecomeOtherUsers(Cli cli) {
        assertThat(
                        bash(
                                cli,
                                "su -s /bin/sh games -c id; setpriv --reuid=33 --regid=33 --init-groups id; su -s /bin/sh nobody -c 'cat /etc/shadow' 2>&1"))
                .isEqualTo(
                        "uid=5(games) gid=60(games) groups=60(games)\nuid=33(www-data) gid=33(www-data) groups=33(www-data)\ncat: /etc/shadow: Permission denied");
    }

    @Behaviour
    void programsMakeLinksAndFifos(Cli cli) {
        assertThat(
                        bash(
                                cli,
                                "ln /etc/passwd /etc/passwd.link; stat -c %h /etc/passwd; ln /usr/bin/dpkg /usr/bin/dpkg.link; mkfifo /fifo; (echo through >/fifo &) ; cat /fifo; ln -s /fifo /s; readlink /s"))
                .isEqualTo("2\nthrough\n/fifo");
    }

    @Behaviour
    void programsRenameDirectoriesOfTheImage(Cli cli) {
        assertThat(
                        bash(
                                cli,
                                "mv /usr/share/doc /usr/share/dokumente && ls -d /usr/share/dokumente/dpkg /usr/share/doc 2>&1; mv /etc/apt /etc/tpa; mkdir /etc/apt; ls -A /etc/apt | wc -l; rm -rf /usr/share/dokumente; ls -d /usr/share/dokumente 2>&1"))
                .isEqualTo(
                        "ls: cannot access '/usr/share/doc': No such file or directory\n/usr/share/dokumente/dpkg\n0\nls: cannot access '/usr/share/dokumente': No such file or directory");
    }

    @Behaviour
    void programsSetFileCapabilitiesAndHaveThem(Cli cli) {
        assertThat(
                        bash(
                                cli,
                                "cp /usr/bin/cat /usr/bin/capcat; setcap cap_net_bind_service+ep /usr/bin/capcat; getcap /usr/bin/capcat; setpriv --reuid=33 --clear-groups capcat /proc/self/status | grep CapEff"))
                .isEqualTo("/usr/bin/capcat cap_net_bind_service=ep\nCapEff:\t0000000000000400");
    }

    @Behaviour
    void capshShowsTheSetsOfRootAndOfAnotherUser(Cli cli) {
        var root = cli.prints(TestImage.DEBIAN, "capsh", "--print");
        assertThat(root)
                .containsPattern("Current: =?\\s*cap_chown")
                .contains("cap_net_bind_service");
        var other =
                cli.run(
                                "run",
                                "--rm",
                                "-u",
                                "1000:1000",
                                "--privileged",
                                TestImage.DEBIAN.tag(),
                                "capsh",
                                "--print")
                        .ok()
                        .out();
        assertThat(other.lines()).contains("Current: =");
    }

    @Behaviour
    void dpkgUnpacksAPackage(Cli cli) {
        var script =
                "mkdir -p /p/DEBIAN /p/opt && printf 'Package: p\\nVersion: 1\\nArchitecture: all\\nMaintainer: m\\nDescription: d\\n' >/p/DEBIAN/control && touch /p/opt/f && chown games /p/opt/f && chmod 4755 /p/opt/f && dpkg-deb -b /p /p.deb >/dev/null && dpkg -i /p.deb >/dev/null && stat -c '%U %a' /opt/f && dpkg -r p >/dev/null && ls -A /opt";
        assertThat(bash(cli, script)).isEqualTo("games 4755");
    }

    @Behaviour
    void theRootDirectoryCanBeReadOnly(Cli cli) {
        var result =
                cli.run(
                        "run",
                        "--rm",
                        "--read-only",
                        "--tmpfs",
                        "/scratch:size=1m",
                        TestImage.DEBIAN.tag(),
                        "bash",
                        "-c",
                        "touch /scratch/x && touch /x");
        assertThat(result.ended(1).err()).contains("Read-only file system");
    }

    private static String bash(Cli cli, String script) {
        return cli.run("run", "--rm", TestImage.DEBIAN.tag(), "bash", "-c", script).out();
    }
}
