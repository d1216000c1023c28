namespace Tocsin.Storage.Care;

/// <summary>Where reading met damage.</summary>
/// <param name="File">Path of the segment.</param>
/// <param name="Block">Its offset in the file.</param>
/// <param name="Column">Role and name; empty when it is not one column that is damaged.</param>
internal sealed record DamagedPlace(string File, long Block, string Column)
{
    private const string Key = "place";

    /// <summary>Says where an error has come from, unless it is known more closely already.</summary>
    public Exception Mark(Exception error)
    {
        if (Of(error) is null)
            error.Data[Key] = this;
        return error;
    }

    /// <summary>Null when nobody has said.</summary>
    public static DamagedPlace? Of(Exception error) =>
        error.Data[Key] as DamagedPlace ?? (error.InnerException is { } inner ? Of(inner) : null);
}

/// <summary>Places that have been met since the start. Any thread.</summary>
internal sealed class DamagedPlaces
{
    /// <summary>Some megabytes. Where there is so much damage, the disk is the matter, and one more place says nothing.</summary>
    private const int MostKnown = 10_000;

    private readonly Lock _lock = new();
    private readonly HashSet<DamagedPlace> _known = [];

    /// <summary>False when it is known; an error without a place is always new.</summary>
    public bool IsNew(Exception error)
    {
        if (DamagedPlace.Of(error) is not { } place)
            return true;
        lock (_lock)
            return _known.Count < MostKnown && _known.Add(place);
    }
}
