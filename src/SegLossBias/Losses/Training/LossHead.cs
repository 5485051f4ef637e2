namespace SegLossBias;

/// <summary>One head of a network: its name, its loss, and how much it weighs.</summary>
public sealed class LossHead
{
    /// <summary>A head of weight 1.</summary>
    /// <param name="name">By which its logits and its target are given.</param>
    /// <param name="loss">Its loss, which has a mode, an ignore index and all else of its own.</param>
    public LossHead(string name, SegmentationLoss loss)
        : this(name, loss, 1)
    {
    }

    /// <summary>A head.</summary>
    /// <param name="name">By which its logits and its target are given.</param>
    /// <param name="loss">Its loss, which has a mode, an ignore index and all else of its own.</param>
    /// <param name="weight">w ≥ 0, a number or a schedule over the epochs, read in the epoch of the loss. Where it is 0 the head is not evaluated.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public LossHead(string name, SegmentationLoss loss, Schedule weight)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (Name, Loss, Weight) = (name, SettingCheck.NotNull(loss, nameof(loss)), SettingCheck.NotNull(weight, nameof(weight)));
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its loss.</summary>
    public SegmentationLoss Loss { get; }

    /// <summary>w.</summary>
    public Schedule Weight { get; }
}
