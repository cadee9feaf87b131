package demo;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.Arrays;

/** Answers every request with the version of Java. */
public class Application {
    public static void main(String[] args) throws Exception {
        if (Arrays.asList(args).contains("--check")) return;
        var server = HttpServer.create(new InetSocketAddress(8080), 0);
        server.createContext(
                "/",
                exchange -> {
                    var answer = ("java " + Runtime.version().feature() + " answers\n").getBytes();
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
    }
}
