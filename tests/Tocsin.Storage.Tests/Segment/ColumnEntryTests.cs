using System.Text;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Tests.Segment;

public sealed class ColumnEntryTests
{
    [Fact]
    public void A_codec_of_a_later_version_is_refused_by_name_when_the_column_is_read_and_not_before()
    {
        var entry = new ColumnEntry(ColumnRole.Field, Encoding.UTF8.GetBytes("url.path"), ColumnEncoding.Codes, (ColumnCodec)7, 12, 34, 34, 56);
        var bytes = new ByteBuffer();
        entry.Write(bytes);
        var reader = new ByteReader(bytes.Span);
        ColumnEntry read = ColumnEntry.Read(ref reader);
        (read.Codec, read.Offset, read.StoredLength, read.Crc).ShouldBe(((ColumnCodec)7, 12, 34, 56u));
        Should.Throw<InvalidDataException>(() => read.MustBeUpTo(ColumnCodec.Deflate)).Message.ShouldBe("codec 7 of column url.path is not known");
    }
}
