namespace SegLossBias.Experiments.Data;

/// <summary>Where a picture lies on the canvas that a network sees.</summary>
/// <param name="Height">Of the canvas.</param>
/// <param name="Width">Of the canvas.</param>
/// <param name="Top">First row of the picture.</param>
/// <param name="Left">First column of the picture.</param>
/// <param name="InnerHeight">Rows of the picture, resized.</param>
/// <param name="InnerWidth">Columns of the picture, resized.</param>
internal readonly record struct Placement(int Height, int Width, int Top, int Left, int InnerHeight, int InnerWidth)
{
    /// <summary>How much larger than the size of training a picture is of which a part is cut: as the paper's 640 to 512.</summary>
    public const double CropMargin = 1.25;

    /// <param name="fit">Stretched to the canvas, or as large as it can be there with its aspect kept, and centred.</param>
    /// <param name="pictureHeight">Of the file.</param>
    /// <param name="pictureWidth">Of the file.</param>
    /// <param name="height">Of the canvas.</param>
    /// <param name="width">Of the canvas.</param>
    public static Placement Of(FitKind fit, int pictureHeight, int pictureWidth, int height, int width)
    {
        if (fit == FitKind.Stretch)
        {
            return new(height, width, 0, 0, height, width);
        }

        var scale = Math.Min((double)height / pictureHeight, (double)width / pictureWidth);
        var (innerHeight, innerWidth) = (Side(scale * pictureHeight, height), Side(scale * pictureWidth, width));
        return new(height, width, (height - innerHeight) / 2, (width - innerWidth) / 2, innerHeight, innerWidth);
    }

    /// <summary>The same enlarged by <see cref="CropMargin"/>, for random parts of height × width: padded to these alone.</summary>
    public static Placement Enlarged(FitKind fit, int pictureHeight, int pictureWidth, int height, int width)
    {
        var large = Of(fit, pictureHeight, pictureWidth, (int)Math.Ceiling(CropMargin * height), (int)Math.Ceiling(CropMargin * width));
        var (canvasHeight, canvasWidth) = (Math.Max(height, large.InnerHeight), Math.Max(width, large.InnerWidth));
        return large with { Height = canvasHeight, Width = canvasWidth, Top = (canvasHeight - large.InnerHeight) / 2, Left = (canvasWidth - large.InnerWidth) / 2 };
    }

    /// <summary>Lays the rows of the picture on a canvas of the same value everywhere else.</summary>
    public T[] Lay<T>(ReadOnlySpan<T> picture, T outside)
    {
        var canvas = new T[Height * Width];
        Array.Fill(canvas, outside);
        for (var row = 0; row < InnerHeight; row++)
        {
            picture.Slice(row * InnerWidth, InnerWidth).CopyTo(canvas.AsSpan(((Top + row) * Width) + Left));
        }

        return canvas;
    }

    private static int Side(double length, int most) => Math.Clamp((int)Math.Round(length), 1, most);
}
