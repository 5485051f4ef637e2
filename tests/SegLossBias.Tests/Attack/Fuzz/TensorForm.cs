namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>A way to hand a tensor over: other memory, another kind, another shape, or none.</summary>
/// <param name="Name">What a report calls it.</param>
/// <param name="Apply">Makes it from a dense, contiguous tensor [N, …].</param>
internal sealed record TensorForm(string Name, Func<Tensor, Tensor?> Apply)
{
    /// <summary>As it is.</summary>
    internal static readonly TensorForm Plain = new("plain", tensor => tensor);

    /// <summary>The same numbers in other memory.</summary>
    internal static readonly TensorForm[] SameNumbers =
    [
        Plain,
        new("channels last", tensor => tensor.movedim([1L], [-1L]).contiguous().movedim([-1L], [1L])),
        new("transposed", tensor => tensor.transpose(-1, -2).contiguous().transpose(-1, -2)),
        new("every second column of a window", tensor => Into(zeros([.. tensor.shape[..^1], (2 * tensor.shape[^1]) + 1], tensor.dtype).slice(-1, 1, (2 * tensor.shape[^1]) + 1, 2), tensor)),
        new("last rows of a batch", tensor => Into(zeros([tensor.shape[0] + 2, .. tensor.shape[1..]], tensor.dtype).narrow(0, 2, tensor.shape[0]), tensor)),
        new("with an offset of 3", tensor => Into(zeros(tensor.numel() + 3, tensor.dtype).narrow(0, 3, tensor.numel()).view(tensor.shape), tensor)),
    ];

    /// <summary>Several entries in the same memory: other numbers than before.</summary>
    internal static readonly TensorForm[] SharedMemory =
    [
        new("expanded columns", tensor => tensor.narrow(-1, 0, 1).expand(tensor.shape)),
        new("expanded images", tensor => tensor.narrow(0, 0, 1).expand(tensor.shape)),
        new("one number expanded", tensor => tensor.flatten().narrow(0, 0, 1).expand(tensor.shape)),
        new("overlapping windows", tensor => tensor.as_strided(tensor.shape, [.. tensor.shape.Select(_ => 1L)], 0)),
    ];

    /// <summary>The sign is kept beside the memory, as of the imaginary part of a conjugate.</summary>
    internal static readonly TensorForm LazySign = new("negated lazily", tensor => complex(zeros_like(tensor), tensor.neg()).conj().imag);

    /// <summary>What is no input at all.</summary>
    internal static readonly TensorForm[] Unusable =
    [
        new("null", _ => null),
        new("disposed", Disposed),
        new("on META", tensor => tensor.to(META)),
        new("sparse", tensor => tensor.to_sparse()),
        new("complex", tensor => tensor.to(ScalarType.ComplexFloat32)),
        new("quantised", tensor => quantize_per_tensor(tensor.to(ScalarType.Float32), 0.5, 0, ScalarType.QInt8)),
        new("quantised unsigned", tensor => quantize_per_tensor(tensor.to(ScalarType.Float32), 0.5, 3, ScalarType.QUInt8)),
        new("flat", tensor => tensor.flatten()),
        new("one number without an axis", tensor => tensor.flatten()[0]),
        new("four axes more", tensor => tensor.reshape([1, 1, 1, 1, .. tensor.shape])),
        new("one image more", tensor => cat([tensor, tensor.narrow(0, 0, 1)])),
        new("one column more", tensor => cat([tensor, tensor.narrow(-1, 0, 1)], -1)),
        new("no column", tensor => tensor.narrow(-1, 0, 0)),
        new("no image", tensor => tensor.narrow(0, 0, 0)),
    ];

    public override string ToString() => Name;

    private static Tensor Into(Tensor view, Tensor numbers) => view.copy_(numbers);

    private static Tensor Disposed(Tensor tensor)
    {
        var gone = tensor.clone();
        gone.Dispose();
        return gone;
    }
}
