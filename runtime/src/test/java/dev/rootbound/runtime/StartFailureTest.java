package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartFailureTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    exec: "x": executable file not found in $PATH        | 127
                    exec: "/x": stat /x: no such file or directory       | 127
                    exec: "/x": permission denied                        | 126
                    exec: "/": is a directory                            | 126
                    exec /x: exec format error                           | 126
                    unable to apply cgroup configuration: device busy    | 128
                    conmon ended with code 1 and wrote no pid file       | 128
                    """)
    void aProgramThatCannotBeExecutedIsToldFromTheRuntimesFailure(String message, int code) {
        var failure = new StartFailure("OCI runtime create failed: " + message);
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.isOfProgram()).isEqualTo(code != 128);
    }
}
