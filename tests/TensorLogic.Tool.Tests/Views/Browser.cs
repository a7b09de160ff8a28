using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TensorLogic.Tests.Tool.Views;

/// <summary>A page in a browser without a window, driven by the DevTools protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome"];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private readonly ClientWebSocket _socket = new();
    private int _calls;

    private Browser(Process process, DirectoryInfo profile) => (_process, _profile) = (process, profile);

    /// <summary>Path of a browser, or null if this machine has none.</summary>
    public static string? Executable => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).SelectMany(folder => s_names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    public static async Task<Browser> Open(string page)
    {
        DirectoryInfo profile = Directory.CreateTempSubdirectory("tl-browser-");
        ProcessStartInfo start = new(Executable!) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1400,900", "--remote-debugging-port=0", "--remote-allow-origins=*", $"--user-data-dir={profile.FullName}", new Uri(page).AbsoluteUri]) start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        Browser browser = new(process, profile);
        try
        {
            await browser.Connect();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    private async Task Connect()
    {
        using CancellationTokenSource patience = new(s_patience);
        string port = Path.Combine(_profile.FullName, "DevToolsActivePort");
        while (!File.Exists(port) || new FileInfo(port).Length == 0) await Task.Delay(50, patience.Token);
        using HttpClient client = new();
        while (true)
        {
            JsonArray? targets = await client.GetFromJsonAsync<JsonArray>($"http://127.0.0.1:{(await File.ReadAllLinesAsync(port, patience.Token))[0]}/json", patience.Token);
            if (targets!.FirstOrDefault(target => (string?)target!["type"] == "page") is { } found)
            {
                await _socket.ConnectAsync(new Uri((string)found["webSocketDebuggerUrl"]!), patience.Token);
                break;
            }
            await Task.Delay(50, patience.Token);
        }
        while (await Evaluate("document.readyState") != "complete") await Task.Delay(50, patience.Token);
    }

    /// <summary>The value of an expression in the page, as text.</summary>
    public async Task<string> Evaluate(string expression)
    {
        JsonNode result = await Call("Runtime.evaluate", new JsonObject { ["expression"] = $"(async () => String({expression}))()", ["awaitPromise"] = true, ["returnByValue"] = true });
        if (result["exceptionDetails"] is { } problem) throw new InvalidOperationException(problem.ToJsonString());
        return (string)result["result"]!["value"]!;
    }

    public Task Wheel(double x, double y, double by) => Call("Input.dispatchMouseEvent", new JsonObject { ["type"] = "mouseWheel", ["x"] = x, ["y"] = y, ["deltaX"] = 0, ["deltaY"] = by });

    public async Task Click(double x, double y)
    {
        foreach (string type in (string[])["mousePressed", "mouseReleased"])
            await Call("Input.dispatchMouseEvent", new JsonObject { ["type"] = type, ["x"] = x, ["y"] = y, ["button"] = "left", ["clickCount"] = 1 });
    }

    public Task Type(string text) => Call("Input.insertText", new JsonObject { ["text"] = text });

    private async Task<JsonNode> Call(string method, JsonObject parameters)
    {
        using CancellationTokenSource patience = new(s_patience);
        int id = ++_calls;
        JsonObject message = new() { ["id"] = id, ["method"] = method, ["params"] = parameters };
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, patience.Token);
        while (true)
        {
            using MemoryStream received = new();
            byte[] buffer = new byte[1 << 16];
            WebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(buffer, patience.Token);
                received.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            JsonNode answer = JsonNode.Parse(received.ToArray())!;
            if ((int?)answer["id"] != id) continue;
            return answer["result"] ?? throw new InvalidOperationException(answer.ToJsonString());
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        for (int attempt = 0; attempt < 20; attempt++)
            try
            {
                _profile.Delete(recursive: true);
                return;
            }
            catch (IOException)
            {
                await Task.Delay(100);
            }
    }
}
