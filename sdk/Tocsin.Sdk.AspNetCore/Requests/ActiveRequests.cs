namespace TocsinSdk.AspNetCore.Requests;

/// <summary>
/// The requests under way in this process, for who wants to look. Neither locks nor allocates when one comes or goes; when
/// more are under way than there are places, the surplus is not listed.
/// </summary>
internal sealed class ActiveRequests(int places)
{
    private const int Tries = 32;
    private readonly TrackedRequest?[] _places = new TrackedRequest?[places];

    public static ActiveRequests OfProcess { get; } = new(places: 1024);

    /// <summary>A copy, oldest first.</summary>
    public TrackedRequest[] All()
    {
        var found = new List<TrackedRequest>();
        for (var i = 0; i < _places.Length; i++)
            if (Volatile.Read(ref _places[i]) is { } request)
                found.Add(request);
        return [.. found.OrderBy(static r => r.Started)];
    }

    /// <returns>The place taken, for <see cref="Remove"/>; -1 when none was found.</returns>
    public int Add(TrackedRequest request)
    {
        // Threads begin at places of their own, a cache line apart.
        var start = Environment.CurrentManagedThreadId * 8;
        for (var i = 0; i < Tries; i++)
        {
            ref var place = ref _places[(uint)(start + i) % (uint)_places.Length];
            if (place is null && Interlocked.CompareExchange(ref place, request, null) is null)
                return (int)((uint)(start + i) % (uint)_places.Length);
        }
        return -1;
    }

    public void Remove(int place)
    {
        if (place >= 0)
            Volatile.Write(ref _places[place], null);
    }
}
