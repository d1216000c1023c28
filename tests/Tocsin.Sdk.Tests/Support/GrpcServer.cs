using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TocsinSdk.Tests.Support;

/// <summary>One call: its method, its metadata, and its message unpacked.</summary>
internal sealed record Called(string Method, IReadOnlyDictionary<string, string> Metadata, byte[] Message);

/// <summary>A real HTTP/2 server that keeps every unary call and answers as it is told.</summary>
internal sealed class GrpcServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GrpcServer(WebApplication app)
    {
        _app = app;
        app.Run(Answered);
    }

    public ConcurrentQueue<Called> Calls { get; } = new();

    /// <summary>What to say instead of an empty success.</summary>
    public Func<HttpContext, Task>? Answer { get; set; }

    public Uri Url => new(_app.Services.GetRequiredService<IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>With a certificate it speaks TLS.</summary>
    public static async Task<GrpcServer> Start(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (certificate is not null)
                    listen.UseHttps(certificate);
            }));
        var server = new GrpcServer(builder.Build());
        await server._app.StartAsync();
        return server;
    }

    /// <summary>The end of a call without an answer.</summary>
    public static Func<HttpContext, Task> Failure(int code, string message, string? details = null) => http =>
    {
        http.Response.Headers["grpc-status"] = code.ToString();
        http.Response.Headers["grpc-message"] = Uri.EscapeDataString(message);
        if (details is not null)
            http.Response.Headers["grpc-status-details-bin"] = details;
        return Task.CompletedTask;
    };

    /// <summary>Success with a message.</summary>
    public static Func<HttpContext, Task> Success(byte[] message) => async http =>
    {
        byte[] frame = [0, 0, 0, 0, (byte)message.Length, .. message];
        await http.Response.Body.WriteAsync(frame);
        http.Response.AppendTrailer("grpc-status", "0");
    };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task Answered(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var frame = body.ToArray();
        BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1)).ShouldBe(frame.Length - 5);
        Calls.Enqueue(new Called(http.Request.Path,
            http.Request.Headers.ToDictionary(static h => h.Key.ToLowerInvariant(), static h => h.Value.ToString()),
            frame[0] == 0 ? frame[5..] : Unpacked(frame[5..])));
        http.Response.ContentType = "application/grpc";
        await (Answer ?? Success([]))(http);
    }

    private static byte[] Unpacked(byte[] message)
    {
        using var gzip = new GZipStream(new MemoryStream(message), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
