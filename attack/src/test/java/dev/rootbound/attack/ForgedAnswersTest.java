package dev.rootbound.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What who holds the container can say in the agent's place. */
class ForgedAnswersTest {
    private static final int RESULT = 0;
    private static final int CHILD_ENDED = 1;

    /** Answers each request alike; whatever memory is wanted then is zeroes. */
    private static final class Forger implements Conversation {
        private final byte[] answer;

        /** How many bytes each. */
        final List<Integer> taken = new ArrayList<>();

        Forger(int kind, int length, long result) {
            var bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
            this.answer = bytes.putInt(kind).putInt(length).putLong(result).array();
        }

        @Override
        public void send(byte[] request) {}

        @Override
        public byte[] receive(int length) throws IOException {
            taken.add(length);
            if (taken.size() == 1) return answer;
            if (length > 1 << 16 || length < 0) throw new IOException("so much memory: " + length);
            return new byte[length];
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 9, 0x10000, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void anAnswerOfAnotherLengthThanWasAskedForIsRefusedUnread(int length) {
        var forger = new Forger(RESULT, length, 0);
        var memory = new Memory();
        memory.longs(1);
        assertThatThrownBy(() -> new Agent(forger).call(Call.READ, "/file", memory, 0))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("read /file: the answer has ")
                .hasMessageContaining(
                        Integer.toUnsignedString(length)
                                + " bytes of memory, and the agent's own has 8");
        assertThat(forger.taken).containsExactly(16);
    }

    @Test
    void theEndOfAChildHasNoMemory() {
        var forger = new Forger(CHILD_ENDED, 8, 0);
        var memory = new Memory();
        memory.longs(1);
        assertThatThrownBy(() -> new Agent(forger).call(Call.READ, "/file", memory, 0))
                .hasMessageContaining("8 bytes of memory, and the agent's own has 0");
        assertThat(forger.taken).containsExactly(16);
    }

    @ParameterizedTest
    @ValueSource(longs = {65, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE})
    void moreThanWasToBeReadIsNotTaken(long result) {
        var actor = new Actor(new Agent(new Forger(RESULT, 64, result)));
        assertThatThrownBy(() -> actor.read(3, 64))
                .hasMessage(
                        "read: the agent says it read "
                                + result
                                + " bytes where 64 were asked for");
    }
}
