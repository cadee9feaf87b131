package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreateOptionsTest {
    private static Json.Members request(String... words) {
        var arguments = Arguments.parse(new RunCommand().flags(), List.of(words));
        return new CreateRequest(arguments, Map.of("OWN", "mine"), Path.of("/here"))
                .json(arguments.is("detach"));
    }

    @Test
    void aBareVariableTakesOurValue() {
        assertThat(request("-e", "OWN", "-e", "OTHER", "img").texts("Env"))
                .containsExactly("OWN=mine", "OTHER");
    }

    @Test
    void variablesOfFilesComeBeforeThoseOfOptions(@TempDir Path directory) throws Exception {
        var file = Files.writeString(directory.resolve("env"), "# no\n\n  A=1\nOWN\nOTHER\n");

        assertThat(request("-e", "A=2", "--env-file", file.toString(), "img").texts("Env"))
                .containsExactly("A=1", "OWN=mine", "A=2");
    }

    @Test
    void aFileWithASpaceInANameIsRefusedByLine(@TempDir Path directory) throws Exception {
        var file = Files.writeString(directory.resolve("env"), "A=1\nB C=1\n");

        assertThatThrownBy(() -> request("--env-file", file.toString(), "img"))
                .hasMessageContaining("line 2")
                .hasMessageContaining("'B C' contains whitespaces");
    }

    @Test
    void aSeccompProfileIsSentAsItsText(@TempDir Path directory) throws Exception {
        var file = Files.writeString(directory.resolve("p"), "{ \"defaultAction\": \"ALLOW\" }\n");

        assertThat(
                        request("--security-opt", "seccomp=" + file, "img")
                                .get("HostConfig")
                                .texts("SecurityOpt"))
                .containsExactly("seccomp={\"defaultAction\":\"ALLOW\"}");
    }

    @Test
    void detachedMeansNothingIsAttached() {
        var request = request("-di", "img");

        assertThat(request.bool("AttachStdout")).isFalse();
        assertThat(request.bool("StdinOnce")).isFalse();
        assertThat(request.bool("OpenStdin")).isTrue();
    }

    @Test
    void onlyASourceWithADotIsRelative() {
        var host = request("-v", "./a:/b", "-v", "vol:/c", "img").get("HostConfig");

        assertThat(host.texts("Binds")).containsExactly("/here/a:/b", "vol:/c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--memory x|invalid argument \"x\" for \"-m, --memory\" flag: invalid size: 'x'",
                "--ulimit foo=1|invalid ulimit type: foo",
                "--ulimit nofile=5:3|soft limit must be less than or equal to hard limit: 5 > 3",
                "--cpus 0.0000000001|value is too precise",
                "--mount foo|invalid field 'foo' must be a key=value pair",
                "--mount type=bind|target is required",
                "--security-opt foo|Invalid --security-opt: \"foo\"",
                "--security-opt seccomp=/nofile|opening seccomp profile (/nofile) failed",
                "-e =x|invalid environment variable: =x",
                "-p 80:81:82:83|invalid IP address: 80:81",
                "-p 1-2:3-5|invalid ranges specified for container and host Ports: 3-5 and 1-2",
                "-p 70000|invalid containerPort: 70000",
                "-p x:1|invalid hostPort: x",
                "-p 5-3|invalid containerPort: 5-3",
                "-p +1|invalid containerPort: +1",
                "-p 1:|no port specified: 1:<empty>",
                "-p 1/foo|invalid proto: foo",
                "-p localhost:1:1|invalid IP address: localhost",
                "-p a=b,c|invalid publish opts format (should be name=value but got 'c')",
                "--expose 1:2|invalid port format for --expose: 1:2",
                "--expose x|invalid range format for --expose: x",
                "--network foo=bar|for \"--network\" flag: invalid field key foo",
                "--network alias=a|network name/id is not specified",
                "--network name=n,ip|invalid field ip",
                "--network name=n,driver-opt=x|invalid key value pair format in driver options",
                "--network name=n,gw-priority=x|invalid gw-priority (x): invalid syntax",
                "--network name=n,mac-address=x|x is not a valid mac address",
                "--network=|no name set for network",
                "--network n --network n|network \"n\" is specified multiple times",
                "--network host --network n|cannot attach both user-defined and non-user-defined",
                "--network name=n,ip=1.1.1.1 --ip 1.1.1.2|cannot specify both --ip and per-network",
                "--network name=n,alias=a --network-alias b|--network-alias and per-network alias",
                "--network-alias b|network-scoped aliases are only supported for user-defined",
                "--mac-address x|x is not a valid mac address",
                "--link a:b:c|bad format for links: a:b:c",
                "--dns x|invalid argument \"x\" for \"--dns\" flag: IP address is not correctly",
                "--add-host x|bad format for add-host: \"x\"",
                "--add-host x:y|invalid IP address in add-host: \"y\"",
                "--restart on-failure:x|maximum retry count must be an integer",
                "--restart always --rm|cannot specify both --restart and --rm",
                "--log-driver none --log-opt a=b|invalid logging opts for driver none",
                "--no-healthcheck --health-cmd x|conflicts with --health-* options",
                "-a foo|valid streams are STDIN, STDOUT and STDERR",
                "--pids-limit x|not a whole number",
                "--device a:b:c:d|invalid device specification",
            })
    void aBadOptionIsRefusedWith125(String options, String message) {
        String[] words = (options + " img").split(" ", -1);

        assertThatThrownBy(() -> request(words))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.code()).isEqualTo(125))
                .hasMessageContaining(message);
    }
}
