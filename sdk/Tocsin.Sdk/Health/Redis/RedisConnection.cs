using System.Net.Security;
using System.Net.Sockets;

namespace TocsinSdk.Health.Redis;

/// <summary>One connection to a Redis server, authenticated; one question at a time. After a failure it is of no use.</summary>
internal sealed class RedisConnection : IDisposable
{
    private readonly TcpClient _client;
    private readonly Stream _stream;
    private byte[] _arrived = new byte[8 << 10];
    private int _length;

    private RedisConnection(TcpClient client, Stream stream) => (_client, _stream) = (client, stream);

    /// <summary>Connects and signs in.</summary>
    /// <exception cref="InvalidOperationException">The server does not let us in; the message is its own.</exception>
    public static async Task<RedisConnection> Open(
        RedisAddress address, RemoteCertificateValidationCallback? trust, CancellationToken cancel)
    {
        var client = new TcpClient { NoDelay = true };
        RedisConnection? connection = null;
        try
        {
            await client.ConnectAsync(address.Host, address.Port, cancel).ConfigureAwait(false);
            Stream stream = client.GetStream();
            if (address.Tls)
                stream = await Secure(stream, address.Host, trust, cancel).ConfigureAwait(false);
            connection = new RedisConnection(client, stream);
            if (address.Password is { } password)
                await connection.Ask(cancel, address.User is { } user
                    ? ["AUTH", user, password] : ["AUTH", password]).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            connection?.Dispose();
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command and gives the text of its reply.</summary>
    /// <exception cref="InvalidOperationException">The reply is an error; the message is the server's.</exception>
    public async Task<string> Ask(CancellationToken cancel, params string[] command)
    {
        await _stream.WriteAsync(RespReply.Command(command), cancel).ConfigureAwait(false);
        RespReply reply;
        int consumed;
        while (!RespReply.TryRead(_arrived.AsSpan(0, _length), out reply, out consumed))
        {
            if (_length == _arrived.Length)
                Array.Resize(ref _arrived, Math.Min(_arrived.Length * 2, RespReply.MaxBulk + RespReply.MaxLine));
            var read = await _stream.ReadAsync(_arrived.AsMemory(_length), cancel).ConfigureAwait(false);
            if (read == 0)
                throw new IOException("Redis closed the connection");
            _length += read;
        }
        _arrived.AsSpan(consumed, _length - consumed).CopyTo(_arrived);
        _length -= consumed;
        return reply.IsError ? throw new InvalidOperationException("Redis: " + reply.Text) : reply.Text ?? "";
    }

    public void Dispose()
    {
        _stream.Dispose();
        _client.Dispose();
    }

    private static async Task<Stream> Secure(
        Stream plain, string host, RemoteCertificateValidationCallback? trust, CancellationToken cancel)
    {
        var tls = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    RemoteCertificateValidationCallback = trust,
                }, cancel).ConfigureAwait(false);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
