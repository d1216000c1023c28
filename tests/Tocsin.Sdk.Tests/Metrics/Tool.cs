using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TocsinSdk.Tests.Metrics;

/// <summary>Programs that real users read the page with, from Debian's packages.</summary>
internal static class Tool
{
    public const string Promtool = "/usr/bin/promtool", Prometheus = "/usr/bin/prometheus";
    public const string PythonClient = "/usr/lib/python3/dist-packages/prometheus_client";

    /// <summary>What it said, on both outputs, and its exit code.</summary>
    public static (int Code, string Said) Run(string program, string[] arguments, string input)
    {
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit(30_000).ShouldBeTrue();
        return (process.ExitCode, output.Result + error.Result);
    }

    public static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new System.Text.UTF8Encoding(false),
        };
        return Process.Start(start)!;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
