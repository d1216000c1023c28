using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tocsin.Ingest;

namespace Tocsin.Protocols.Shared;

/// <summary>How reading a request body ended.</summary>
internal enum BodyResult
{
    Complete,

    /// <summary>Past the limit, before or after decompression.</summary>
    TooLarge,

    /// <summary>A Content-Encoding other than gzip, deflate and identity.</summary>
    UnknownEncoding,

    /// <summary>Not what its Content-Encoding says, or cut off.</summary>
    Corrupt,

    /// <summary>No room in the byte budget.</summary>
    Overloaded,

    /// <summary>The connection was lost.</summary>
    Cancelled,
}

/// <summary>
/// Reads a whole request body, decompressed, into one pooled buffer. Memory stays within the limit whatever the client
/// sends: a compressed bomb is cut at the limit while it is being read. Every byte held is taken from the pipeline's
/// budget.
/// </summary>
internal sealed class RequestBody(IngestPipeline pipeline) : IDisposable
{
    private const int FirstBuffer = 16 * 1024;
    private readonly PooledBytes _bytes = new();
    private long _budgeted;

    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <param name="request">Not read from yet.</param>
    /// <param name="snappy">
    /// The protocol's own compression inside the body; some clients repeat it as the Content-Encoding.
    /// </param>
    public async ValueTask<BodyResult> Read(HttpRequest request, bool snappy = false)
    {
        int limit = pipeline.Options.MaxBodyBytes;
        string encoding = request.Headers.ContentEncoding.ToString().ToLowerInvariant();
        bool plain = encoding is "" or "identity" || (snappy && encoding == "snappy");
        if (!plain && encoding is not ("gzip" or "deflate"))
            return BodyResult.UnknownEncoding;
        if (request.ContentLength > limit)
            return BodyResult.TooLarge;
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit;
        CancellationToken cancel = request.HttpContext.RequestAborted;
        if (plain && !snappy)
            return await Fill(request.Body, request.ContentLength ?? 0, limit, cancel).ConfigureAwait(false);
        if (encoding == "gzip" && !snappy)
        {
            await using var unzipped = new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true);
            return await Fill(unzipped, 4 * (request.ContentLength ?? 0), limit, cancel).ConfigureAwait(false);
        }
        // Both need to see the first bytes before they can begin.
        using var packed = new RequestBody(pipeline);
        BodyResult read = snappy && encoding is "gzip" or "deflate"
            ? BodyResult.UnknownEncoding
            : await packed.Fill(request.Body, request.ContentLength ?? 0, limit, cancel).ConfigureAwait(false);
        if (read != BodyResult.Complete)
            return read;
        return snappy
            ? await Unsnap(packed, cancel).ConfigureAwait(false)
            : await Inflate(packed, cancel).ConfigureAwait(false);
    }

    /// <summary>Decompresses what another body holds from <paramref name="offset"/> on.</summary>
    public async ValueTask<BodyResult> Unzip(RequestBody zipped, int offset, CancellationToken cancel)
    {
        using MemoryStream source = zipped._bytes.OpenRead(offset);
        await using var unzipped = new GZipStream(source, CompressionMode.Decompress);
        return await Fill(unzipped, 4 * source.Length, pipeline.Options.MaxBodyBytes, cancel).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _bytes.Dispose();
        pipeline.Budget.Release(_budgeted);
        _budgeted = 0;
    }

    // "deflate" means zlib by the standard and a bare stream by many clients; a zlib header tells which.
    private async ValueTask<BodyResult> Inflate(RequestBody packed, CancellationToken cancel)
    {
        ReadOnlySpan<byte> head = packed.Bytes;
        bool zlib = head.Length > 1 && (head[0] & 0x0F) == 8 && (head[0] << 8 | head[1]) % 31 == 0;
        using MemoryStream source = packed._bytes.OpenRead(0);
        await using Stream inflated = zlib
            ? new ZLibStream(source, CompressionMode.Decompress)
            : new DeflateStream(source, CompressionMode.Decompress);
        return await Fill(inflated, 4 * source.Length, pipeline.Options.MaxBodyBytes, cancel).ConfigureAwait(false);
    }

    private async ValueTask<BodyResult> Unsnap(RequestBody packed, CancellationToken cancel)
    {
        if (!SnappyBlock.TryReadLength(packed.Bytes, out uint length, out int header))
            return BodyResult.Corrupt;
        if (length > pipeline.Options.MaxBodyBytes)
            return BodyResult.TooLarge;
        if (!await Grow((int)length + 1, cancel).ConfigureAwait(false))
            return BodyResult.Overloaded;
        if (!SnappyBlock.TryDecode(packed.Bytes[header..], _bytes.Free.Span[..(int)length]))
            return BodyResult.Corrupt;
        _bytes.Advance((int)length);
        return BodyResult.Complete;
    }

    private async ValueTask<BodyResult> Fill(Stream stream, long expected, int limit, CancellationToken cancel)
    {
        try
        {
            int first = (int)Math.Min(Math.Max(expected + 1, FirstBuffer), limit + 1L);
            if (!await Grow(first, cancel).ConfigureAwait(false))
                return BodyResult.Overloaded;
            while (true)
            {
                if (_bytes.Free.Length == 0 && !await Grow(2 * _bytes.Capacity, cancel).ConfigureAwait(false))
                    return BodyResult.Overloaded;
                int read = await stream.ReadAsync(_bytes.Free, cancel).ConfigureAwait(false);
                if (read == 0)
                    return BodyResult.Complete;
                _bytes.Advance(read);
                if (_bytes.Length > limit)
                    return BodyResult.TooLarge;
            }
        }
        catch (InvalidDataException)
        {
            return BodyResult.Corrupt;
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge ? BodyResult.TooLarge : BodyResult.Corrupt;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return BodyResult.Cancelled;
        }
    }

    private async ValueTask<bool> Grow(int capacity, CancellationToken cancel)
    {
        int more = capacity - _bytes.Capacity;
        if (!await pipeline.Budget.Take(more, cancel).ConfigureAwait(false))
            return false;
        _budgeted += more;
        _bytes.Grow(capacity);
        return true;
    }
}
