/**
 * The Docker Engine API over a unix socket, in front of the engine. Read {@link
 * dev.rootbound.docker.DockerApi} first.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.docker {
    requires static org.jspecify;
    requires dev.rootbound.build;
    requires transitive dev.rootbound.engine;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;

    exports dev.rootbound.docker;

    opens dev.rootbound.docker to
            tools.jackson.databind;
}
