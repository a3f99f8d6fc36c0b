#ifndef TIMELINE_OPERATION_H
#define TIMELINE_OPERATION_H

#include "timeline/event.h"

/*
 * What a logged operation comes to: names of REST operations of the storage
 * services, and Microsoft.X/.../verb names of the activity log, both without
 * regard to case.
 */

/**
 * operation_storage_action(name, category):
 * Return the action of the storage operation ${name}; of an unknown one by its
 * ${category} (StorageRead, StorageWrite, StorageDelete; may be NULL): then
 * read, write, delete, or other.
 */
enum event_action operation_storage_action(
    const char * name, const char * category);

/**
 * operation_activity_action(name, resource_id):
 * Return the action of the activity ${name} on ${resource_id} (may be NULL).
 */
enum event_action operation_activity_action(
    const char * name, const char * resource_id);

/**
 * operation_client(app_id):
 * Return what the application ${app_id} is known as, or EVENT_CLIENT_ABSENT.
 */
enum event_client operation_client(const char * app_id);

#endif
