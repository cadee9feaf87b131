package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rootbound.engine.BindMount;
import dev.rootbound.engine.ContainerSpec;
import dev.rootbound.engine.HealthCheck;
import dev.rootbound.engine.Isolation;
import dev.rootbound.engine.RestartPolicy;
import dev.rootbound.engine.VolumeMount;
import dev.rootbound.engine.Volumes;
import dev.rootbound.rootfs.HostMounts.Access;
import dev.rootbound.runtime.Resources;
import dev.rootbound.runtime.Rlimit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreateContainerTest {
    private static ContainerSpec spec(String json) {
        return CreateContainer.parse(json, "").toSpec();
    }

    private static ContainerSpec host(String fields) {
        return spec("{\"Image\":\"box\",\"HostConfig\":{" + fields + "}}");
    }

    private static ApiException refused(String json) {
        var refusal = catchThrowableOfType(ApiException.class, () -> spec(json));
        assertThat(refusal).as("must be refused: " + json).isNotNull();
        return refusal;
    }

    @Test
    void whatTheCliSendsByDefaultAsksForNothing() {
        var spec = spec(CliRequest.PLAIN_RUN);

        assertThat(spec.image()).isEqualTo("busybox");
        assertThat(spec.cmd()).containsExactly("true");
        assertThat(spec.entrypoint()).isNull();
        assertThat(spec.isolation()).isEqualTo(Isolation.DEFAULT);
        assertThat(spec.resources()).isEqualTo(Resources.DEFAULT);
        assertThat(spec.shmSize()).isEqualTo(ContainerSpec.DEFAULT_SHM_SIZE);
        assertThat(spec.oomScoreAdj()).isNull();
        assertThat(spec.logDriver()).isEqualTo(ContainerSpec.LogDriver.JSON_FILE);
        assertThat(spec.origin()).isEqualTo(CliRequest.PLAIN_RUN);
    }

    @Test
    void bindMountsAreAskedForInBothSpellings() {
        var spec =
                host(
                        """
                        "Binds":["/src/../a/:/b","/ro:/c:ro,z,consistent","vol:/d"],
                        "Mounts":[{"Type":"bind","Source":"/m","Target":"/m","ReadOnly":true,
                        "BindOptions":{"ReadOnlyNonRecursive":true,"NonRecursive":true,
                        "CreateMountpoint":true,"Propagation":"rprivate",
                        "IDMapping":{"Source":"match-user","User":"www"}}},
                        {"Type":"bind","Source":"/n","Target":"/n",
                        "BindOptions":{"IDMapping":{"Source":"userns"}}}]
                        """);
        var own = BindMount.Owner.CONTAINERS_USER;
        assertThat(spec.binds())
                .containsExactly(
                        new BindMount("/a", "/b", Access.ALL, true, true, own, null, null),
                        new BindMount("/ro", "/c", Access.NOTHING, true, true, own, null, null),
                        new BindMount(
                                "/m",
                                "/m",
                                Access.BELOW,
                                false,
                                true,
                                new BindMount.Owner(false, "www"),
                                null,
                                null),
                        new BindMount(
                                "/n",
                                "/n",
                                Access.ALL,
                                true,
                                false,
                                BindMount.Owner.BLOCK,
                                null,
                                null));
        assertThat(spec.volumes()).hasSize(1);
    }

    @Test
    void whatIsAskedForArrives() {
        var spec =
                spec(
                        """
                        {"Image":"box","Cmd":"sh","Env":["A=1"],"User":"1:2","Tty":true,
                        "OpenStdin":true,"Labels":{"a":"b"},"StopSignal":"SIGINT","StopTimeout":3,
                        "HostConfig":{"AutoRemove":true,"Init":true,"ReadonlyRootfs":true,
                        "ShmSize":1024,"Tmpfs":{"/run":"size=1m"},"GroupAdd":["5"],
                        "CapAdd":["NET_ADMIN"],"Sysctls":{"net.a":"1"},"OomScoreAdj":10,
                        "Ulimits":[{"Name":"nofile","Soft":10,"Hard":20}],"Memory":67108864,
                        "NanoCpus":500000000,"PidsLimit":9,"LogConfig":{"Type":"none"}}}
                        """);

        assertThat(spec.cmd()).containsExactly("sh");
        assertThat(spec.env()).containsExactly("A=1");
        assertThat(spec.user()).isEqualTo("1:2");
        assertThat(List.of(spec.terminal(), spec.stdin(), spec.stdinOnce()))
                .containsExactly(true, true, false);
        assertThat(spec.labels()).isEqualTo(Map.of("a", "b"));
        assertThat(spec.stopSignal()).isEqualTo("SIGINT");
        assertThat(spec.stopTimeout()).isEqualTo(3);
        assertThat(List.of(spec.autoRemove(), spec.init(), spec.readOnlyRoot())).containsOnly(true);
        assertThat(spec.shmSize()).isEqualTo(1024);
        assertThat(spec.tmpfs()).containsExactly(new ContainerSpec.Tmpfs("/run", "size=1m"));
        assertThat(spec.groupAdd()).containsExactly("5");
        assertThat(spec.isolation().capAdd()).containsExactly("NET_ADMIN");
        assertThat(spec.isolation().sysctls()).isEqualTo(Map.of("net.a", "1"));
        assertThat(spec.oomScoreAdj()).isEqualTo(10);
        assertThat(spec.rlimits()).containsExactly(new Rlimit("nofile", 10, 20));
        assertThat(spec.resources().memory()).isEqualTo(67108864);
        assertThat(spec.resources().nanoCpus()).isEqualTo(500000000);
        assertThat(spec.resources().pidsLimit()).isEqualTo(9);
        assertThat(spec.logDriver()).isEqualTo(ContainerSpec.LogDriver.NONE);
    }

    @Test
    void anEmptyEntrypointResetsTheImages() {
        assertThat(spec("{\"Image\":\"box\",\"Entrypoint\":[\"\"]}").entrypoint()).isEmpty();
    }

    @Test
    void securityOptionsAreTakenApart() {
        assertThat(host("\"SecurityOpt\":[\"no-new-privileges\"]").isolation().noNewPrivileges())
                .isTrue();
        assertThat(
                        host("\"SecurityOpt\":[\"no-new-privileges:false\"]")
                                .isolation()
                                .noNewPrivileges())
                .isFalse();
        assertThat(host("\"SecurityOpt\":[\"seccomp=unconfined\"]").isolation().seccomp())
                .isEqualTo(new Isolation.Seccomp.Unconfined());
        assertThat(host("\"SecurityOpt\":[\"seccomp={}\"]").isolation().seccomp())
                .isEqualTo(new Isolation.Seccomp.Profile("{}"));
        assertThat(host("\"SecurityOpt\":[\"systempaths=unconfined\"]").isolation().maskedPaths())
                .isEmpty();
        assertThat(host("\"SecurityOpt\":[\"label=disable\"]").isolation())
                .isEqualTo(Isolation.DEFAULT);
    }

    @Test
    void aMountOfTypeTmpfsIsATmpfs() {
        var mounts =
                """
                "Tmpfs":{"/a":"exec"},"Mounts":[{"Type":"tmpfs","Target":"/b"},{"Type":"tmpfs",
                "Target":"/c","ReadOnly":true,"TmpfsOptions":{"SizeBytes":1024,"Mode":448}}]\
                """;

        assertThat(host(mounts).tmpfs())
                .containsExactly(
                        new ContainerSpec.Tmpfs("/b", ""),
                        new ContainerSpec.Tmpfs("/c", "ro,size=1024,mode=700"),
                        new ContainerSpec.Tmpfs("/a", "exec"));
        var twice = mounts.replace("/c", "/a");
        assertThat(refused("{\"Image\":\"box\",\"HostConfig\":{" + twice + "}}"))
                .hasMessage("Duplicate mount point: /a");
    }

    @Test
    void aVolumeWhereSomethingElseIsMountedIsNotMadeTwice() {
        var spec =
                spec(
                        """
                        {"Image":"box","Volumes":{"/a":{},"/b":{},"/c":{},"/d":{}},"HostConfig":{
                        "Binds":["/host:/a/:ro"],"Tmpfs":{"/b":""},
                        "Mounts":[{"Type":"bind","Source":"/host","Target":"/c"}]}}\
                        """);
        assertThat(spec.volumes()).containsExactly(VolumeMount.anonymous("/d"));
        assertThat(spec.binds()).hasSize(2);
    }

    @Test
    void volumesComeFromThreePlaces() {
        var spec =
                spec(
                        """
                        {"Image":"box","Volumes":{"/anonymous":{},"/named":{}},"HostConfig":{
                        "Binds":["data:/named:ro,nocopy","db:/db"],"VolumesFrom":["other:ro"],
                        "Mounts":[{"Type":"volume","Source":"m","Target":"/m","ReadOnly":true},
                        {"Type":"volume","Target":"/n","VolumeOptions":{"NoCopy":true}},
                        {"Type":"volume","Source":"o","Target":"/o","VolumeOptions":{"Subpath":"a/b",
                        "Labels":{"l":"m"},"DriverConfig":{"Options":{"type":"tmpfs"}}}}]}}\
                        """);
        assertThat(spec.volumes())
                .containsExactlyInAnyOrder(
                        VolumeMount.named("data", "/named", true, true),
                        VolumeMount.named("db", "/db", false, false),
                        VolumeMount.named("m", "/m", true, false),
                        VolumeMount.named("", "/n", false, true).withAnonymous(),
                        VolumeMount.named("o", "/o", false, false)
                                .with(
                                        new Volumes.Making(
                                                Map.of("l", "m"), Map.of("type", "tmpfs")),
                                        "a/b"),
                        VolumeMount.anonymous("/anonymous"));
        assertThat(spec.volumesFrom()).containsExactly("other:ro");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "Binds":["a:b"]                              | 400 | must be absolute
                    "Binds":["a:/b:what"]                        | 400 | invalid mode: what
                    "Binds":[":/b"]                              | 400 | invalid volume
                    "Binds":["a:/b:ro:c"]                        | 400 | invalid volume
                    "VolumeDriver":"nfs"                         | 404 | only local
                    "Binds":["/a:b"]                             | 400 | must be absolute
                    "Binds":["/a:/b:what"]                       | 400 | invalid mode: what
                    "Binds":["/a:/b:nocopy"]                     | 400 | invalid mode: nocopy
                    "Binds":["/a:/b:rshared"]                    | 403 | propagation rshared
                    "Mounts":[{"Type":"bind","Target":"/b"}]     | 400 | field Source must not be empty
                    "Mounts":[{"Type":"bind","Source":"/a"}]     | 400 | field Target must not be empty
                    "Mounts":[{"Type":"bind","Source":"a","Target":"/b"}] | 400 | must be absolute
                    "Mounts":[{"Type":"bind","Source":"/a","Target":"/b","BindOptions":{"Propagation":"slave"}}] | 403 | propagation slave
                    "Mounts":[{"Type":"bind","Source":"/a","Target":"/b","BindOptions":{"IDMapping":{"Source":"x"}}}] | 400 | IDMapping.Source
                    "Mounts":[{"Type":"volume","Target":"b"}]    | 400 | must be absolute
                    "Mounts":[{"Type":"volume","Target":"/b","VolumeOptions":{"Subpath":"../x"}}] | 400 | within the volume
                    "Mounts":[{"Type":"volume","Target":"/b","VolumeOptions":{"DriverConfig":{"Name":"nfs"}}}] | 404 | only local
                    """)
    void aVolumeThatCannotBeGivenIsRefused(String field, int status, String reason) {
        var refusal = refused("{\"Image\":\"box\",\"HostConfig\":{" + field + "}}");
        assertThat(refusal.status()).isEqualTo(status);
        assertThat(refusal).hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "Mounts":[{"Type":"npipe"}]                 | Mounts
                    "CgroupParent":"/x"                         | CgroupParent
                    "LogConfig":{"Type":"journald"}             | LogConfig
                    "SecurityOpt":["apparmor=strict"]           | SecurityOpt
                    "StorageOpt":{"size":"1g"}                  | StorageOpt
                    """)
    void whatCannotBeGivenIsRefusedByName(String field, String name) {
        var refusal = refused("{\"Image\":\"box\",\"HostConfig\":{" + field + "}}");

        assertThat(refusal.status()).isEqualTo(501);
        assertThat(refusal).hasMessageContaining("HostConfig." + name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    []                                              | body
                    {"Image":7}                                     | Image
                    {}                                              | Image
                    {"Image":"box","Cmd":{"a":1}}                   | Cmd
                    {"Image":"box","Env":"A=1"}                     | Env
                    {"Image":"box","Env":["A",7]}                   | Env[1]
                    {"Image":"box","Labels":["a"]}                  | Labels
                    {"Image":"box","Tty":"yes"}                     | Tty
                    {"Image":"box","StopTimeout":99999999999999}    | StopTimeout
                    {"Image":"box","StopTimeout":1.5}               | StopTimeout
                    {"Image":"box","WorkingDir":"a"}                | WorkingDir
                    {"Image":"box","HostConfig":[]}                 | HostConfig
                    {"Image":"box","HostConfig":{"Memory":1e99}}    | HostConfig.Memory
                    {"Image":"box","HostConfig":{"Memory":-5}}      | HostConfig.Memory
                    {"Image":"box","HostConfig":{"Ulimits":[{"Name":"x"}]}} | Ulimits[0].Name
                    {"Image":"box","HostConfig":{"OomScoreAdj":1001}} | OomScoreAdj
                    {"Image":"box","HostConfig":{"SecurityOpt":["x"]}} | SecurityOpt
                    {"Image":"box","HostConfig":{"Binds":7}}        | Binds
                    {"Image":"a\\u0000b"}                           | Image
                    {"Image":"a","image":"b"}                       | image
                    {"Image":"a","Image":"b"}                       | Image
                    {"Image":"a"                                    | JSON
                    {"Image":"a"} x                                 | JSON
                    """)
    void oddJsonIsRefusedByItsFieldsName(String json, String name) {
        var refusal = refused(json.replace("\\\\u", "\\u"));

        assertThat(refusal.status()).isIn(400, 501);
        assertThat(refusal).hasMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"Name":"sometimes"}                       | unknown policy 'sometimes'
                    {"Name":"always","MaximumRetryCount":2}    | can only be used with 'on-failure'
                    {"Name":"on-failure","MaximumRetryCount":-1} | cannot be negative
                    """)
    void aRestartPolicyThatIsNoneIsRefused(String policy, String why) {
        var json = "{\"Image\":\"box\",\"HostConfig\":{\"RestartPolicy\":" + policy + "}}";

        assertThat(refused(json).status()).isEqualTo(400);
        assertThat(refused(json)).hasMessageContaining(why);
    }

    @Test
    void aRestartPolicyIsTaken() {
        assertThat(
                        host("\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":3}")
                                .restart())
                .isEqualTo(new RestartPolicy(RestartPolicy.When.ON_FAILURE, 3));
        assertThat(host("\"RestartPolicy\":{\"Name\":\"\"}").restart()).isEqualTo(RestartPolicy.NO);
    }

    @Test
    void aHealthCheckIsTakenOrRefused() {
        var json =
                "{\"Image\":\"box\",\"Healthcheck\":{\"Test\":[\"CMD\",\"a\"],\"Interval\":%s,\"Retries\":2}}";

        assertThat(CreateContainer.parse(json.formatted("2000000"), "").toSpec().health())
                .isEqualTo(
                        new HealthCheck(
                                List.of("CMD", "a"),
                                Duration.ofMillis(2),
                                Duration.ZERO,
                                Duration.ZERO,
                                Duration.ZERO,
                                2,
                                List.of()));
        assertThat(refused(json.formatted("999")))
                .hasMessage("Interval in Healthcheck cannot be less than 1ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"windows", "linux/s390x", "amd64"})
    void aPlatformThatDoesNotRunHereIsRefused(String platform) {
        var refusal = catchThrowableOfType(ApiException.class, () -> Platform.check(platform));
        assertThat(refusal.status()).isEqualTo(400);
    }
}
