namespace Tocsin.Ingest.Redaction;

/// <summary>A part of a text, in bytes, that is a secret.</summary>
internal readonly record struct Cut(int Start, int Length)
{
    public int End => Start + Length;
}
