using Foundation;

namespace TensorLogic;

/// <summary>Models at Foundation URLs.</summary>
public static class NSUrlExtensions
{
    /// <summary>Opens the model at a file URL, such as one from an open panel or the app's bundle.</summary>
    /// <exception cref="ArgumentException">The URL is not a file URL.</exception>
    public static IModel LoadModel(this TensorLogicRuntime runtime, NSUrl url, LoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(url);
        if (!url.IsFileUrl || url.Path is not { } path) throw new ArgumentException($"'{url}' is not a file URL.", nameof(url));
        return runtime.LoadModel(path, options);
    }
}
