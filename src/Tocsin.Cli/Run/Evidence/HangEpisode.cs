namespace Tocsin.Cli.Run.Evidence;

/// <summary>Recognises that a living program has stopped working, once per episode. Fed once a second.</summary>
internal sealed class HangEpisode(TimeSpan timeout)
{
    private bool _suspected;
    private bool _reported;

    /// <summary>
    /// True at the second look in a row at an old heartbeat: after a pause of the whole machine the first one lies.
    /// </summary>
    public bool Look(DateTimeOffset now, DateTimeOffset? heartbeat, DateTimeOffset? poolHeartbeat, bool pausedByUser)
    {
        var oldest = poolHeartbeat < heartbeat ? poolHeartbeat : heartbeat;
        if (oldest is null || pausedByUser || now - oldest < timeout)
        {
            (_suspected, _reported) = (false, false);
            return false;
        }

        if (!_suspected)
        {
            _suspected = true;
            return false;
        }

        var report = !_reported;
        _reported = true;
        return report;
    }
}
