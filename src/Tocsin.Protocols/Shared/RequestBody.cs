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

    /// <summary>A Content-Encoding other than gzip and identity.</summary>
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

    public async ValueTask<BodyResult> Read(HttpRequest request)
    {
        int limit = pipeline.Options.MaxBodyBytes;
        string encoding = request.Headers.ContentEncoding.ToString();
        bool gzip = encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase);
        if (!gzip && encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return BodyResult.UnknownEncoding;
        if (request.ContentLength > limit)
            return BodyResult.TooLarge;
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit;
        CancellationToken cancel = request.HttpContext.RequestAborted;
        if (!gzip)
            return await Fill(request.Body, request.ContentLength ?? 0, limit, cancel).ConfigureAwait(false);
        await using var unzipped = new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true);
        return await Fill(unzipped, 4 * (request.ContentLength ?? 0), limit, cancel).ConfigureAwait(false);
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

    private async ValueTask<BodyResult> Fill(Stream stream, long expected, int limit, CancellationToken cancel)
    {
        try
        {
            int first = (int)Math.Clamp(expected + 1, FirstBuffer, limit + 1L);
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
