"""Squares -> views of them: before other backgrounds, cropped, turned, in other light, mixed.

A view is what a thumbnail could have been. A quarter of all are left nearly as they are, since that is what
the network is for.
"""

import torch
import torch.nn.functional as F

SIDE = 192


def uniform(generator, low, high, *shape):
    return low + (high - low) * torch.rand(*shape, generator=generator)


def chance(generator, share, *shape):
    return torch.rand(*shape, generator=generator) < share


def backgrounds(generator, count, side, photos):
    """[count, 3, side, side] f32: mostly dark radial gradients as Sketchfab's, plain colours, white, photographs."""
    steps = torch.linspace(-1, 1, side)
    away = (steps[:, None] ** 2 + steps[None] ** 2).sqrt()
    grey = uniform(generator, 20, 80, count, 1, 1, 1) * (1.6 - uniform(generator, 0, 0.9, count, 1, 1, 1) * away)
    ground = grey.expand(count, 3, side, side).clone()
    kind = torch.rand(count, generator=generator)
    coloured = (kind > 0.5) & (kind < 0.72)
    ground[coloured] = uniform(generator, 0, 255, int(coloured.sum()), 3, 1, 1).expand(-1, 3, side, side)
    ground[(kind >= 0.72) & (kind < 0.82)] = 255
    on_photo = kind >= 0.82
    chosen = torch.randint(len(photos), (int(on_photo.sum()),), generator=generator)
    ground[on_photo] = photos[chosen][..., :3].permute(0, 3, 1, 2).float()
    return ground


def framed(generator, images, plain, side):
    """Crops, stretches, turns and mirrors."""
    count = len(images)
    scale = uniform(generator, 0.45, 1.1, count)
    scale = torch.where(plain, uniform(generator, 0.9, 1.02, count), scale)
    stretch = torch.exp(uniform(generator, -0.22, 0.22, count)) ** (~plain).float()
    angle = uniform(generator, -0.3, 0.3, count) * (chance(generator, 0.3, count) & ~plain)
    mirror = torch.where(chance(generator, 0.5, count), -1.0, 1.0)
    wide, high = scale * stretch.sqrt(), scale / stretch.sqrt()
    right, down = (uniform(generator, -1, 1, count) * (1 - scale).clamp(min=0) for _ in range(2))
    rows = [
        torch.stack([mirror * wide * angle.cos(), -high * angle.sin(), right], 1),
        torch.stack([mirror * wide * angle.sin(), high * angle.cos(), down], 1),
    ]
    grid = F.affine_grid(torch.stack(rows, 1), (count, 3, side, side), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False, padding_mode="reflection")


def coloured(generator, images, plain):
    """Changes light, contrast and saturation."""
    count = (len(images), 1, 1, 1)
    strength = torch.where(plain, 0.2, 1.0).view(count)
    images = images * (1 + strength * uniform(generator, -0.3, 0.3, *count))
    mean = images.mean((2, 3), keepdim=True)
    images = mean + (images - mean) * (1 + strength * uniform(generator, -0.3, 0.3, *count))
    grey = images.mean(1, keepdim=True)
    return grey + (images - grey) * (1 + strength * uniform(generator, -0.8, 0.4, *count))


def mixed(generator, images, may_be):
    """Blends some with another."""
    count = (len(images), 1, 1, 1)
    share = torch.where(chance(generator, 0.35, *count) & may_be.view(count), torch.rand(*count, generator=generator), 1.0)
    return share * images + (1 - share) * images[torch.randperm(len(images), generator=generator)]


def views(generator, squares, photos, is_drawing, side=SIDE):
    """[n, 200, 200, 4] u8, or of any side -> [n, 3, side, side] u8, RGB. Drawings are not mixed, as their objects count."""
    plain = chance(generator, 0.25, len(squares))
    channels = squares.permute(0, 3, 1, 2).float()
    alpha, colours = channels[:, 3:] / 255, channels[:, :3]
    ground = backgrounds(generator, len(squares), squares.shape[1], photos)
    images = framed(generator, colours * alpha + ground * (1 - alpha), plain, side)
    images = mixed(generator, coloured(generator, images, plain), ~plain & ~is_drawing)
    return images.clamp(0, 255).round().to(torch.uint8)
