using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>What logits must be, whatever the target.</summary>
internal static class LogitsCheck
{
    /// <summary>Sums of every image and class, and of their statistics, are counted in 32 bits.</summary>
    private const double MostRegions = 1 << 25;

    /// <summary>Addresses are counted in 63 bits, of numbers of up to 8 bytes.</summary>
    private const double MostElements = 1L << 59;

    /// <param name="logits">A handle that nobody else can dispose.</param>
    /// <param name="mode">How they are read.</param>
    internal static void Run(Tensor logits, SegmentationMode mode)
    {
        if (logits.dtype is not (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64))
        {
            throw new ArgumentException($"logits must be float16, bfloat16, float32 or float64, but it is {logits.dtype}; pass the network's output before softmax, argmax or a cast.", nameof(logits));
        }

        if (logits.is_sparse)
        {
            throw new ArgumentException("logits must be a dense tensor, but it is sparse; call to_dense() first.", nameof(logits));
        }

        if (logits.device_type == DeviceType.META)
        {
            throw new ArgumentException("logits must hold values, but it is on the meta device; move the network to a real device first.", nameof(logits));
        }

        if (logits.dim() is < 3 or > 5)
        {
            throw new ArgumentException($"logits must be [N, K, length], [N, K, height, width] or [N, K, depth, height, width], but its shape is {Shapes.Text(logits.shape)}; add the missing dimension with unsqueeze, or merge surplus ones with flatten.", nameof(logits));
        }

        var shape = logits.shape;
        Channels(shape, mode);
        Size(shape, nameof(logits));
    }

    /// <summary>Whether a mode has so many channels.</summary>
    internal static bool HasChannelsOf(SegmentationMode mode, long channels) => mode switch
    {
        SegmentationMode.Multiclass => channels >= 2,
        SegmentationMode.Binary => channels == 1,
        _ => channels >= 1,
    };

    /// <summary>Refuses a number of classes that a mode cannot have.</summary>
    internal static void Classes(int classes, SegmentationMode mode)
    {
        if (!HasChannelsOf(mode, classes))
        {
            throw new ArgumentException($"multiclass labels have at least 2 classes, binary labels 1 (the foreground) and multilabel ones at least 1 channel, but Mode is {mode} and there are {classes} classes; change one of them.", nameof(classes));
        }
    }

    /// <summary>Refuses logits [N,K,*], or label maps of K classes, that cannot be counted.</summary>
    internal static void Size(long[] shape, string name)
    {
        if ((double)shape[0] * shape[1] > MostRegions)
        {
            throw new ArgumentException($"images times classes may be at most {MostRegions:F0}, but {name} has {shape[0]} and {shape[1]} of them; split the batch.", name);
        }

        var elements = 1.0;
        foreach (var size in shape)
        {
            elements *= Math.Max(size, 1);
        }

        if (elements > MostElements)
        {
            throw new ArgumentException($"{name} may have at most 2^59 elements, but its shape is {Shapes.Text(shape)}; split the batch or crop the images.", name);
        }
    }

    /// <summary>Logits with a NaN have no largest channel; that does not matter where the pixel is ignored.</summary>
    /// <param name="logits">[N,K,V].</param>
    /// <param name="ignored">[N,V] or [N,K,V]; null when no pixel is ignored.</param>
    /// <param name="shape">In which the caller knows the logits.</param>
    /// <param name="name">What an error calls them.</param>
    internal static void Numbers(Tensor logits, Tensor? ignored, long[] shape, string name = "logits")
    {
        var isNaN = logits.isnan();
        if (ignored is not null)
        {
            isNaN = isNaN.logical_and((ignored.dim() == 2 ? ignored.unsqueeze(1) : ignored).logical_not());
        }

        LabelCheck.ThrowAtFirst(isNaN, isNaN, shape, name, (_, position) =>
            $"{name} must be numbers, but {position} is NaN; the network has diverged or its input holds NaN.");
    }

    private static void Channels(long[] shape, SegmentationMode mode)
    {
        if (HasChannelsOf(mode, shape[1]))
        {
            return;
        }

        var (needed, remedy) = mode switch
        {
            SegmentationMode.Multiclass => ("at least 2 channels", "for one foreground channel set Mode = SegmentationMode.Binary"),
            SegmentationMode.Binary => ("exactly 1 channel", "set Mode = SegmentationMode.Multiclass for exclusive classes or SegmentationMode.Multilabel for overlapping ones"),
            _ => ("at least 1 channel", "the network must have an output for each label"),
        };
        if (mode != SegmentationMode.Multilabel && HasChannelsOf(mode, shape[^1]))
        {
            remedy += $"; logits that are channels-last need logits.{TargetShape.Permutation(shape.Length)}";
        }

        throw new ArgumentException($"{mode.ToString().ToLowerInvariant()} logits need {needed}, but logits has {shape[1]} (shape {Shapes.Text(shape)}); {remedy}.", "logits");
    }
}
