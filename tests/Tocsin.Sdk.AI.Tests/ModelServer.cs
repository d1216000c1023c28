using System.Diagnostics;

namespace TocsinSdk.AI.Tests;

/// <summary>The provider as a process of its own (model_server.py); killed with the tests.</summary>
public sealed class ModelServer : IDisposable
{
    private readonly Process _process;

    public ModelServer()
    {
        _process = Process.Start(new ProcessStartInfo("python3")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "model_server.py") },
            RedirectStandardOutput = true,
        })!;
        Url = new Uri($"http://127.0.0.1:{_process.StandardOutput.ReadLine()}/");
    }

    public Uri Url { get; }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
