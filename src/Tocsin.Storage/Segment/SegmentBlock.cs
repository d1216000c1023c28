using System.Buffers;
using Tocsin.Model;
using Tocsin.Storage.Care;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment;

/// <summary>One block of a segment as a scan sees it, whatever its version.</summary>
internal abstract class SegmentBlock(SegmentFile file, BlockHeader header) : ScanBlock
{
    /// <summary>The word filter's checksum was right when it was read as a whole; since then single bytes of it are read.</summary>
    private volatile bool _soundFilter;

    public override Instant MinTime => header.MinTime;
    public override Instant MaxTime => header.MaxTime;
    public override int Rows => header.Rows;
    public override object Segment => file;
    public override IReadOnlyList<MinuteCount> Counts => header.Counts;

    protected SegmentFile File => file;

    protected BlockHeader Header => header;

    public override bool MayMatch(BlockQuery query) => query.Where.MayMatch(new Summary(this));

    public override Exception Locate(Exception error) => new DamagedPlace(file.Path, header.Offset, "").Mark(error);

    private bool MayContain(ulong hash)
    {
        long start = header.Offset + header.FilterOffset;
        if (_soundFilter)
            return TokenFilter.MayContain(header.FilterLength, at => file.ReadByte(start + at), hash);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(header.FilterLength);
        try
        {
            Span<byte> filter = buffer.AsSpan(0, header.FilterLength);
            file.Read(start, filter);
            if (Crc32C.Of(filter) == header.FilterCrc)
            {
                _soundFilter = true;
                return TokenFilter.MayContain(filter, hash);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        // Then anything may be inside.
        file.OnDamage(new DamagedPlace(file.Path, header.Offset, "word filter")
            .Mark(new InvalidDataException($"the word filter of a block of {file.Path} is damaged")));
        return true;
    }

    private sealed class Summary(SegmentBlock block) : BlockSummary
    {
        private bool _damaged;

        public override byte MinSeverity => block.Header.MinSeverity;

        public override byte MaxSeverity => block.Header.MaxSeverity;

        public override bool MayContain(ulong hash)
        {
            // Damage is told once per scan.
            if (_damaged)
                return true;
            bool may = block.MayContain(hash);
            _damaged = !block._soundFilter;
            return may;
        }
    }
}
