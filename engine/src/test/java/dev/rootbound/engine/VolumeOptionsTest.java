package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.engine.VolumeOptions.Setting;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VolumeOptionsTest {
    /** {@code type=none;device=/x}. */
    private static VolumeOptions parse(String options) {
        var map = new HashMap<String, String>();
        for (var option : options.split(";")) {
            int equals = option.indexOf('=');
            map.put(option.substring(0, equals), option.substring(equals + 1));
        }
        return VolumeOptions.parse(map);
    }

    @Test
    void withoutOptionsItIsInTheStore() {
        assertThat(VolumeOptions.parse(Map.of())).isEqualTo(new VolumeOptions.Stored());
    }

    @Test
    void aTmpfsHasWhatMountTakes() {
        assertThat(parse("type=tmpfs;device=tmpfs")).isEqualTo(new VolumeOptions.Memory(List.of()));
        assertThat(parse("type=tmpfs;device=any;o=size=100m,uid=1000,nosuid,mode=0700"))
                .isEqualTo(
                        new VolumeOptions.Memory(
                                List.of(
                                        new Setting("size", "100m"),
                                        new Setting("uid", "1000"),
                                        new Setting("mode", "0700"))));
    }

    @Test
    void aDirectoryIsNamedByItsText() {
        assertThat(parse("type=none;device=/a/./b/;o=bind"))
                .isEqualTo(new VolumeOptions.Directory("/a/b", false, false));
        assertThat(parse("type=none;device=/a;o=rbind,ro"))
                .isEqualTo(new VolumeOptions.Directory("/a", true, true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    color=red                                    | invalid option: "color"
                    type=tmpfs                                   | missing required option: "device"
                    device=/x;o=bind                             | missing required option: "type"
                    type=nfs;device=:/x;o=addr=10.0.0.1          | mounts no device and no server
                    type=ext4;device=/dev/vda                    | type=none,o=bind
                    type=overlay;device=overlay;o=lowerdir=/     | mounts no device
                    type=none;device=/x                          | needs o=bind
                    type=none;device=x;o=bind                    | absolute path
                    type=none;device=/x;o=bind,shared            | o=shared
                    type=none;device=/x;o=bind,suid              | o=suid
                    type=tmpfs;device=tmpfs;o=exec               | o=exec
                    type=tmpfs;device=tmpfs;o=uid=65536          | at most 65535
                    type=tmpfs;device=tmpfs;o=uid=-1             | at most 65535
                    type=tmpfs;device=tmpfs;o=mode=9             | octal
                    type=tmpfs;device=tmpfs;o=size=much          | a number
                    type=tmpfs;device=tmpfs;o=mpol=bind:0        | a tmpfs has size
                    """)
    void allElseIsRefusedWithTheReason(String options, String reason) {
        assertThatThrownBy(() -> parse(options))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining(reason);
    }
}
