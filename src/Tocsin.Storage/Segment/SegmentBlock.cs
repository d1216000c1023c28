using Tocsin.Model;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment;

/// <summary>One block of a segment as a scan sees it, whatever its version.</summary>
internal abstract class SegmentBlock(SegmentFile file, BlockHeader header) : ScanBlock
{
    public override Instant MinTime => header.MinTime;
    public override Instant MaxTime => header.MaxTime;
    public override int Rows => header.Rows;
    public override object Segment => file;
    public override IReadOnlyList<MinuteCount> Counts => header.Counts;

    protected SegmentFile File => file;

    protected BlockHeader Header => header;

    public override bool MayMatch(BlockQuery query) => query.Where.MayMatch(new Summary(file, header));

    private sealed class Summary(SegmentFile segment, BlockHeader header) : BlockSummary
    {
        private byte[]? _filter;
        private bool _tried;

        public override byte MinSeverity => header.MinSeverity;

        public override byte MaxSeverity => header.MaxSeverity;

        public override bool MayContain(ulong hash)
        {
            if (!_tried)
                _filter = ReadFilter();
            _tried = true;
            return _filter is null || TokenFilter.MayContain(_filter, hash);
        }

        /// <summary>Null when the filter is damaged: then anything may be inside.</summary>
        private byte[]? ReadFilter()
        {
            byte[] filter = segment.Read(header.Offset + header.FilterOffset, header.FilterLength);
            if (Crc32C.Of(filter) == header.FilterCrc)
                return filter;
            segment.OnDamage(new InvalidDataException($"the word filter of a block of {segment.Path} is damaged"));
            return null;
        }
    }
}
