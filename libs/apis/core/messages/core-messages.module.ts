import { Module } from '@nestjs/common';
import { NotificationsModule } from '@isp/domain/notifications';
import { MessagesController } from './messages.controller.js';

@Module({ imports: [NotificationsModule], controllers: [MessagesController] })
export class CoreMessagesModule {}
